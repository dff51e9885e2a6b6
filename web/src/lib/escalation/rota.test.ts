import { expect, test } from 'vitest';
import { hoursOf, moved, newLayer, withHours } from './rota';

test('one is moved and the others keep their order', () => {
  const list = ['a', 'b', 'c', 'd'];
  expect(moved(list, 0, 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(moved(list, 3, 0)).toEqual(['d', 'a', 'b', 'c']);
  expect(moved(list, 1, 2)).toEqual(['a', 'c', 'b', 'd']);
  for (const [from, to] of [[1, 1], [-1, 0], [0, 4]] as const) expect(moved(list, from, to)).toEqual(list);
});

test('hours go in and come out as they were, in the order of the week', () => {
  const layer = newLayer(new Date('2026-03-02T12:00:00Z'));
  expect([layer.from, hoursOf(layer)]).toEqual(['2026-03-02', null]);
  const nights = withHours(layer, { days: ['friday', 'monday'], from: '18:00', to: '06:00' });
  expect(nights.only).toEqual([{ day: 'monday', from: '18:00:00', to: '06:00:00' }, { day: 'friday', from: '18:00:00', to: '06:00:00' }]);
  expect(hoursOf(nights)).toEqual({ days: ['monday', 'friday'], from: '18:00', to: '06:00' });
  expect(withHours(nights, null).only).toEqual([]);
});
