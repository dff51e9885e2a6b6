import type { Backtest, BundleCheck, BundleTests, VersionRow } from '$lib/api/types';
import { en } from '$lib/i18n/en';
import { expect, it } from 'vitest';
import { stepsOf, type Standing } from './steps';

const words = { ...en.studio.step, changed: en.policy.changed, problems: en.policy.problems, passed: en.policy.tested };
const check = (severities: ('error' | 'warning')[]) => ({ diagnostics: severities.map((severity) => ({ severity })), rules: [] }) as unknown as BundleCheck;
const tests = (passed: number, failed: number) => ({ passed, failed, cases: [] }) as BundleTests;
const version = (state: VersionRow['state'], more: Partial<VersionRow> = {}) => ({ number: 42, state, ...more }) as VersionRow;
const backtest = (more: Partial<Backtest>) => ({ state: 'done', done: 0, total: 0, ...more }) as Backtest;
const steps = (standing: Partial<Standing>) => stepsOf({ changes: 0, check: null, tests: null, backtest: null, version: null, live: 41, ...standing }, words);
const values = (standing: Partial<Standing>) => steps(standing).map(({ value }) => value);
const text = (name: string, standing: Partial<Standing>) => steps(standing).find((step) => step.name === name)?.text;

it('what is live has nothing before it', () => {
  expect(values({ check: check([]) })).toEqual(['not_reached', 'true', 'not_reached', 'not_reached', 'not_reached', 'not_reached', 'true']);
  expect(text('live', {})).toBe('now 41');
});

it('the first step that is not done is the next one', () => {
  expect(values({ changes: 2, check: check(['warning']) })).toEqual(['true', 'true', 'now', 'not_reached', 'not_reached', 'not_reached', 'not_reached']);
  expect(values({ changes: 2, check: check([]), tests: tests(61, 0) })[3]).toBe('now');
  expect(text('checked', { changes: 2, check: check(['warning']) })).toBe('1 warning');
  expect(text('tested', { changes: 2, tests: tests(60, 1) })).toBe('60 of 61');
});

it('errors and failing tests are shown as such', () => {
  expect(values({ changes: 1, check: check(['error']), tests: tests(60, 1) }).slice(1, 3)).toEqual(['false', 'false']);
});

it('a backtest says how far it is, and what it found', () => {
  expect(text('backtested', { changes: 1, backtest: backtest({ state: 'running', done: 64, total: 100 }) })).toBe('64 percent');
  expect(text('backtested', { changes: 1, backtest: backtest({ summary: { decided_differently: 31 } as Backtest['summary'] }) })).toBe('31 differ');
  // One that was stopped is none.
  expect(text('backtested', { changes: 1, backtest: backtest({ state: 'cancelled' }) })).toBe('not yet');
});

it('a version runs beside what is live, or decides a share of the cases, or is live', () => {
  expect(values({ changes: null, version: version('shadow') }).slice(4)).toEqual(['now', 'not_reached', 'not_reached']);
  expect(values({ changes: null, version: version('canary', { canary_percent: 5 }) }).slice(4)).toEqual(['not_reached', 'now', 'not_reached']);
  expect(text('canary', { changes: null, version: version('canary', { canary_percent: 5 }) })).toBe('5 in 100 cases');
  expect(values({ changes: null, version: version('live') }).at(-1)).toBe('true');
  expect(text('draft', { changes: 2, version: version('candidate') })).toBe('as version 42');
});
