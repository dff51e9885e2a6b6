// What an edit changed, word by word. Long texts are shown whole instead: nobody reads a diff of an essay.
export type Piece = { kind: 'same' | 'gone' | 'new'; text: string };

const LONGEST = 400;

export function diff(before: string, after: string): Piece[] {
  const a = before.split(/(\s+)/).filter(Boolean);
  const b = after.split(/(\s+)/).filter(Boolean);
  if (a.length > LONGEST || b.length > LONGEST) return [{ kind: 'gone', text: before }, { kind: 'new', text: after }];
  // Longest common subsequence, from the ends.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const pieces: Piece[] = [];
  const put = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      put('same', a[i]!);
      i++;
      j++;
    } else if (common[i + 1]![j]! >= common[i]![j + 1]!) put('gone', a[i++]!);
    else put('new', b[j++]!);
  }
  while (i < a.length) put('gone', a[i++]!);
  while (j < b.length) put('new', b[j++]!);
  return pieces;
}
