import { beforeEach, expect, it, vi } from 'vitest';
import { backtestOf, digest, rememberBacktest } from './mine';
import { rangeOf, share } from './range';

const now = new Date('2026-05-13T11:03:00Z');

it('a range ends now, or with the last day that was chosen', () => {
  expect(rangeOf('all', '', '', now)).toEqual({});
  expect(rangeOf('month', '', '', now)).toEqual({ from: '2026-04-13T11:03:00.000Z' });
  const own = rangeOf('own', '2026-02-01', '2026-02-03', now);
  expect(own.from).toBe(new Date(2026, 1, 1).toISOString());
  expect(own.until).toBe(new Date(2026, 1, 4).toISOString());
  expect(rangeOf('own', '', '', now)).toEqual({ from: undefined, until: undefined });
});

it('is not done before it is done', () => {
  expect(share(99_999, 100_000)).toBe(99);
  expect(share(100_000, 100_000)).toBe(100);
  expect(share(0, 0)).toBe(0);
});

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => stored.set(name, value), removeItem: (name: string) => stored.delete(name) });
});

it('a backtest belongs to the files it was started with, and to no others', () => {
  rememberBacktest('b1', { 'a.rhai': 'one', 'b.rhai': 'two' });
  expect(backtestOf({ 'b.rhai': 'two', 'a.rhai': 'one' })).toBe('b1');
  expect(backtestOf({ 'a.rhai': 'one', 'b.rhai': 'two ' })).toBeNull();
  expect(digest({ a: 'b' })).not.toBe(digest({ ab: '' }));
});
