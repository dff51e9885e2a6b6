// A text cut into what guards found and what is between, for underlining. Pure.
export type Passage = { text: string; found: boolean };

export function passages(text: string, found: string[]): Passage[] {
  const marks: [number, number][] = [];
  const low = text.toLowerCase();
  for (const words of found) {
    const wanted = words.toLowerCase();
    if (!wanted) continue;
    for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + wanted.length)) marks.push([at, at + wanted.length]);
  }
  marks.sort((a, b) => a[0] - b[0]);
  const result: Passage[] = [];
  let end = 0;
  for (const [from, to] of marks) {
    if (to <= end) continue;
    const start = Math.max(from, end);
    if (start > end) result.push({ text: text.slice(end, start), found: false });
    result.push({ text: text.slice(start, to), found: true });
    end = to;
  }
  if (end < text.length) result.push({ text: text.slice(end), found: false });
  return result;
}
