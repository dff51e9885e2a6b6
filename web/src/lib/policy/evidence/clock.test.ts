import type { Moment } from '$lib/api/types';
import { expect, it } from 'vitest';
import { AHEAD, inOrder, nextMoment, previousMoment, rangeOf } from './clock';

const now = Date.parse('2026-05-13T11:03:00Z');
const moment = (at: string, kind: Moment['kind'] = 'due'): Moment => ({ at, kind, text: '' });
const timeline = [moment('2026-05-20T09:00:00Z'), moment('2026-05-02T08:20:00Z', 'event'), moment('2026-05-13T14:55:00Z')];

it('the clock goes from what happened first to thirty days ahead, by quarters of an hour', () => {
  const { start, end, step } = rangeOf(timeline, now);
  expect(new Date(start).toISOString()).toBe('2026-05-02T08:15:00.000Z');
  expect(end).toBeGreaterThanOrEqual(now + AHEAD);
  expect((end - start) % step).toBe(0);
  expect(new Date(rangeOf([], now).start).toISOString()).toBe('2026-05-12T11:00:00.000Z');
});

it('it can be moved from one moment to the next', () => {
  expect(nextMoment(timeline, now)).toBe(Date.parse('2026-05-13T14:55:00Z'));
  expect(previousMoment(timeline, now)).toBe(Date.parse('2026-05-02T08:20:00Z'));
  expect(nextMoment(timeline, Date.parse('2026-05-20T09:00:00Z'))).toBeNull();
  expect(previousMoment(timeline, Date.parse('2026-05-02T08:20:00Z'))).toBeNull();
  expect(inOrder(timeline).map(({ at }) => at.slice(8, 10))).toEqual(['02', '13', '20']);
});
