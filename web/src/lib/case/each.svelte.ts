// The same change on one case or several. What did not work is named; the rest is done.
import { asProblem, type Problem } from '$lib/api/problem';
import type { CaseHead } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';

class Work {
  busy = $state(false);
  problem: Problem | null = $state(null);
  failed: string[] = $state([]);

  /** Which cases stay as they were, when there are several. */
  get left(): string {
    return this.failed.length > 1 ? t().case.manyFailed(this.failed.join(', ')) : '';
  }

  async run(cases: CaseHead[], change: (one: CaseHead) => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    this.failed = [];
    for (const one of cases) {
      try {
        await change(one);
      } catch (thrown) {
        this.problem = asProblem(thrown);
        this.failed.push(one.key);
      }
    }
    this.busy = false;
    return this.problem === null;
  }
}

export function onEach(): Work {
  return new Work();
}
