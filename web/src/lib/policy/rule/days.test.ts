import { expect, it } from 'vitest';
import { ceiling, columns, everyDay, total } from './days';
import { looseArticles, looseRules } from './loose';

const day = (day: string, fired: number, unknown = 0, dropped = 0) => ({ day, fired, unknown, dropped });

it('every day of the span is there, also those without anything', () => {
  const days = everyDay([day('2026-05-12', 3), day('2026-05-10', 1)], 4, '2026-05-13');
  expect(days.map((one) => [one.day, one.fired])).toEqual([['2026-05-10', 1], ['2026-05-11', 0], ['2026-05-12', 3], ['2026-05-13', 0]]);
});

it('columns stand on each other and stay below the top', () => {
  const days = [day('2026-05-12', 30, 10, 2), day('2026-05-13', 0)];
  expect(ceiling(days)).toBe(50);
  const [first, second] = columns(days, 100, 100);
  expect(first?.parts).toEqual([{ what: 'fired', y: 40, height: 60 }, { what: 'unknown', y: 20, height: 20 }, { what: 'dropped', y: 16, height: 4 }]);
  expect(second?.parts).toEqual([]);
  expect(total(days)).toEqual({ fired: 30, unknown: 10, dropped: 2 });
});

it.each([[0, 1], [1, 1], [3, 5], [7, 10], [101, 200], [999, 1000]])('the axis for %d ends at %d', (most, top) => expect(ceiling([day('2026-05-13', most)])).toBe(top));

it('loose ends are articles without a rule and rules without a test', () => {
  const coverage = {
    articles: [{ id: 'answer', party: 'company' as const, owes: '', rules: ['a'], tests: 0 }, { id: 'privacy', party: 'company' as const, owes: '', rules: [], tests: 0 }],
    rules: [{ id: 'a', article: 'answer', tests: 2 }, { id: 'b', article: null, tests: 0 }]
  };
  expect(looseArticles(coverage).map(({ id }) => id)).toEqual(['privacy']);
  expect(looseRules(coverage).map(({ id }) => id)).toEqual(['b']);
});
