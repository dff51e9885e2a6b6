// A rule or one of its terms, drawn: a diamond on the spine between the parties. Filled with a check where it is true,
// empty with a cross where it is false, a question mark where it is unknown, a dashed edge where it was not reached.
export type Truth = 'true' | 'false' | 'unknown' | 'not_reached' | 'failed' | 'now';

type Stroke = { class: 'o' | 'f' | 'm' | 'q'; d: string };

const edge: Stroke = { class: 'o', d: 'M8 1l7 7-7 7-7-7z' };

export const diamonds: Record<Truth, Stroke[]> = {
  true: [
    { class: 'f', d: 'M8 0l8 8-8 8-8-8z' },
    { class: 'm', d: 'M5.2 8.200l2 2 3.7-4' }
  ],
  false: [edge, { class: 'q', d: 'M6.2 6.200l3.6 3.600M9.8 6.200l-3.6 3.6' }],
  unknown: [edge, { class: 'q', d: 'M6.3 6.500a1.75 1.75 0 1 1 2.5 1.600c-.55.25-.8.55-.8 1.100M8 11.500v.05' }],
  failed: [edge, { class: 'q', d: 'M8 5v3.500M8 11v.05' }],
  not_reached: [edge],
  now: [edge, { class: 'f', d: 'M8 4l4 4-4 4-4-4z' }]
};

/** What a rule came to, as the truth of the whole. */
export const outcomeTruth = { fired: 'true', not_fired: 'false', unknown: 'unknown', failed: 'failed' } as const satisfies Record<string, Truth>;

export function diamondClass(value: Truth): string {
  return `g rule-g ${value === 'not_reached' ? 'skip' : value}`;
}
