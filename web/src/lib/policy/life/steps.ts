// The steps of a version's life as they stand: from a change to what decides. Pure; the words come from the caller.
import type { Backtest, BundleCheck, BundleTests, VersionRow } from '$lib/api/types';
import type { Catalogue } from '$lib/i18n/index.svelte';
import { share } from '../backtest/range';

export type StepName = 'draft' | 'checked' | 'tested' | 'backtested' | 'shadow' | 'canary' | 'live';
export type Step = { name: StepName; value: 'true' | 'false' | 'now' | 'not_reached'; text: string };
type Words = Catalogue['studio']['step'] & { changed: (n: number) => string; problems: (errors: number, warnings: number) => string; passed: (passed: number, all: number) => string };

export type Standing = {
  /** Files of the draft that differ from what is live; of a version, nothing. */
  changes: number | null;
  check: BundleCheck | null;
  tests: BundleTests | null;
  backtest: Backtest | null;
  /** What it is proposed as. */
  version: VersionRow | null;
  live: number | null;
};

export function stepsOf({ changes, check, tests, backtest, version, live }: Standing, words: Words): Step[] {
  const errors = check?.diagnostics.filter((one) => one.severity === 'error').length ?? 0;
  const warnings = check?.diagnostics.filter((one) => one.severity === 'warning').length ?? 0;
  const { state } = version ?? {};
  const proposed = version !== null;
  const steps: Step[] = [
    { name: 'draft', value: proposed || changes ? 'true' : 'not_reached', text: proposed ? words.asVersion(version.number) : changes ? words.changed(changes) : words.asLive },
    { name: 'checked', value: errors ? 'false' : check || proposed ? 'true' : 'not_reached', text: check ? words.problems(errors, warnings) : proposed ? words.problems(0, 0) : words.notYet },
    // Nothing is proposed whose tests fail.
    { name: 'tested', value: tests ? (tests.failed ? 'false' : 'true') : proposed ? 'true' : 'not_reached', text: tests ? words.passed(tests.passed, tests.passed + tests.failed) : proposed ? words.state.true : words.notYet },
    backtested(backtest, words),
    { name: 'shadow', value: state === 'shadow' ? 'now' : 'not_reached', text: state === 'shadow' ? words.beside : words.notYet },
    { name: 'canary', value: state === 'canary' ? 'now' : 'not_reached', text: state === 'canary' ? words.of100(version?.canary_percent ?? 0) : words.notYet },
    { name: 'live', value: state === 'live' || (!proposed && changes === 0) ? 'true' : 'not_reached', text: live === null ? words.none : words.now(live) }
  ];
  // Where nothing runs, the next thing to do is the first that is not done.
  if (!steps.some((step) => step.value === 'now') && (changes || proposed)) {
    const next = steps.find((step) => step.value === 'not_reached');
    if (next && state !== 'live') next.value = 'now';
  }
  return steps;
}

function backtested(backtest: Backtest | null, words: Words): Step {
  if (backtest?.state === 'running') return { name: 'backtested', value: 'now', text: words.percent(share(backtest.done, backtest.total)) };
  if (backtest?.state === 'failed') return { name: 'backtested', value: 'false', text: words.state.false };
  if (backtest?.state === 'done' && backtest.summary) return { name: 'backtested', value: 'true', text: words.differ(backtest.summary.decided_differently) };
  return { name: 'backtested', value: 'not_reached', text: words.notYet };
}
