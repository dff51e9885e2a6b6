import { expect, it } from 'vitest';
import { waited } from './waited';

const units = { unit: { d: 'd', h: 'h', min: 'min', s: 's' }, unknown: 'not known' };

it.each([
  [null, 'not known'],
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3_725, '1 h 2 min'],
  [86_400, '1 d'],
  [2 * 86_400 + 59 * 60, '2 d'],
  [2 * 86_400 + 5 * 3_600 + 59 * 60, '2 d 5 h']
])('%s seconds', (seconds, expected) => {
  expect(waited(seconds, units)).toBe(expected);
});
