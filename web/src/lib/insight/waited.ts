// How long somebody waited, in the two largest units. Pure.
export type Units = { unit: { d: string; h: string; min: string; s: string }; unknown: string };

export function waited(seconds: number | null, { unit, unknown }: Units): string {
  if (seconds === null) return unknown;
  const sizes = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1]
  ] as const;
  const first = sizes.findIndex(([, size]) => seconds >= size);
  if (first < 0) return `0 ${unit.s}`;
  let left = seconds;
  const parts = sizes.slice(first, first + 2).map(([name, size]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return n ? `${n} ${unit[name]}` : '';
  });
  return parts.filter(Boolean).join(' ');
}
