import type { CaseDiff } from '$lib/api/types';
import { expect, it } from 'vitest';
import { difference, effectName, inShort, scale, signed } from './effects';

const effect = (effect: string, text: string): CaseDiff['before'][number] => ({ effect, text, rule: 'r', because: '' });

it('counts have a sign for each side', () => {
  expect([[14, 0], [0, 3], [2, 5], [0, 0]].map(([more = 0, fewer = 0]) => signed({ more, fewer }))).toEqual(['+14', '−3', '+2 −5', '0']);
});

it('in short, what changed most comes first and what did not change is left out', () => {
  const effects = [{ effect: 'send_reply', more: 0, fewer: 3 }, { effect: 'close', more: 0, fewer: 0 }, { effect: 'escalate', more: 14, fewer: 0 }];
  expect(inShort(effects, { send_reply: 'reply', escalate: 'escalate' })).toBe('+14 escalate, −3 reply');
});

it('an effect without a word of ours is still readable', () => expect(effectName('assign_somebody', {})).toBe('assign somebody'));

it('bars keep within their side', () => {
  const effects = [{ effect: 'a', more: 22, fewer: 0 }, { effect: 'b', more: 1, fewer: 9 }];
  const { axis, unit } = scale(effects);
  expect(22 * unit).toBeLessThanOrEqual(100 - axis + 1e-9);
  expect(9 * unit).toBeLessThanOrEqual(axis + 1e-9);
  // One side that is empty leaves the other its room.
  expect(scale([{ effect: 'a', more: 4, fewer: 0 }])).toEqual({ axis: 20, unit: 20 });
  expect(scale([])).toEqual({ axis: 30, unit: 0 });
});

it('what a decision does before and after alike is no difference', () => {
  const [label, reply, ask] = [effect('label', 'Label “legal”'), effect('send_reply', 'Reply'), effect('ask', 'Ask')];
  expect(difference([label, reply], [label, ask])).toEqual({ gone: [reply], came: [ask] });
});
