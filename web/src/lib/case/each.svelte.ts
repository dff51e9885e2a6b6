// The same change on one case or several, in a dialog. It is about the cases that were chosen when the dialog opened: the
// list behind it goes on changing. What did not work is named and can be tried again; the rest is done.
import { asProblem, type Problem } from '$lib/api/problem';
import type { CaseHead } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import { untrack } from 'svelte';

class Work {
  cases: CaseHead[] = $state.raw([]);
  busy = $state(false);
  problem: Problem | null = $state(null);
  failed: CaseHead[] = $state.raw([]);

  /** What the dialog is about: the key of one case, the number of several. */
  get about(): string {
    const [one, ...more] = this.cases;
    return one && more.length === 0 ? one.key : t().case.many(this.cases.length);
  }

  /** Which cases stay as they were, when there are several. */
  get left(): string {
    return this.failed.length > 1 ? t().case.manyFailed(this.failed.map((one) => one.key).join(', ')) : '';
  }

  /** The cases that a second try is for. */
  get undone(): CaseHead[] {
    return this.failed.length ? this.failed : this.cases;
  }

  begin(cases: CaseHead[]): void {
    this.cases = cases;
    this.problem = null;
    this.failed = [];
  }

  async run(cases: CaseHead[], change: (one: CaseHead) => Promise<CaseHead>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    this.failed = [];
    for (const one of cases) {
      try {
        const now = await change(one);
        this.cases = this.cases.map((each) => (each.id === now.id ? now : each));
      } catch (thrown) {
        this.problem = asProblem(thrown);
        this.failed = [...this.failed, one];
      }
    }
    this.busy = false;
    return this.problem === null;
  }
}

/** For the script of a dialog; `begin` fills its fields, once per opening. */
export function onEach(open: () => boolean, cases: () => CaseHead[], begin: (cases: CaseHead[]) => void = () => {}): Work {
  const work = new Work();
  $effect.pre(() => {
    if (!open()) return;
    untrack(() => {
      work.begin(cases());
      begin(work.cases);
    });
  });
  return work;
}
