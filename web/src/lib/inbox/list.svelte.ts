// The list of cases on the page: loaded for a filter, kept up to date while things happen, continued on demand.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { CaseRow } from '$lib/api/types';
import { inboxCounts } from '$lib/state/counts.svelte';
import { question, type Filter } from './queues';

const PAGE = 50;
/** What the server gives at most in one answer. */
const MOST = 200;
/** As many rows are loaded again; those of a longer list stay as they were. */
const BOUND = 1000;
/** Changes come in bursts; one question answers them all. */
const SETTLE = 250;

export class CaseList {
  rows: CaseRow[] = $state.raw([]);
  next: string | null = $state(null);
  state: 'loading' | 'shown' | 'failed' = $state('loading');
  problem: Problem | null = $state(null);

  #filter: Filter | null = null;
  /** Counts the lists that were shown: what comes for another one is too late. */
  #list = 0;
  /** Counts the loads: a newer one takes the place of an older one. */
  #turn = 0;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async show(filter: Filter): Promise<void> {
    this.#list += 1;
    this.#filter = filter;
    inboxCounts.byInbox = true;
    this.rows = [];
    this.next = null;
    this.problem = null;
    this.state = 'loading';
    await this.refresh();
  }

  /** Soon, not at once: many changes become one question. One that is under way ends first; under steady change none would. */
  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#busy) this.refreshSoon();
      else void this.refresh();
    }, SETTLE);
  }

  /** Loads the list again, as far as it is shown. */
  async refresh(): Promise<void> {
    const filter = this.#filter;
    if (!filter) return;
    const turn = ++this.#turn;
    const wanted = () => Math.min(BOUND, Math.max(PAGE, this.rows.length));
    this.#busy = true;
    try {
      let rows: CaseRow[] = [];
      let next: string | null = null;
      do {
        const answer = await this.#ask(filter, Math.min(MOST, wanted() - rows.length), next);
        inboxCounts.current = answer.counts;
        if (turn !== this.#turn) return;
        rows = join(rows, answer.items);
        next = answer.next_cursor ?? null;
      } while (next && rows.length < wanted());
      const joint = next && rows.length >= BOUND ? this.rows.findIndex((row) => row.id === rows.at(-1)?.id) + 1 : 0;
      const beyond = joint ? this.rows.slice(joint) : [];
      this.rows = join(rows, beyond);
      if (beyond.length === 0) this.next = next;
      this.problem = null;
      this.state = 'shown';
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(thrown);
      if (this.state === 'loading') this.state = 'failed';
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }

  async more(): Promise<void> {
    if (!this.#filter || !this.next) return;
    const { rows } = this;
    const list = this.#list;
    const answer = await this.#ask(this.#filter, PAGE, this.next).catch((thrown) => {
      if (list === this.#list) this.problem = asProblem(thrown);
    });
    if (!answer || list !== this.#list) return;
    // What was loaded again meanwhile may end elsewhere than where this begins.
    if (rows !== this.rows) this.refreshSoon();
    this.rows = join(this.rows, answer.items);
    this.next = answer.next_cursor ?? null;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#list += 1;
    this.#turn += 1;
    this.#busy = false;
    inboxCounts.byInbox = false;
  }

  #ask(filter: Filter, limit: number, cursor: string | null) {
    return ask(api.GET('/api/v1/cases', { params: { query: { ...question(filter), limit, cursor: cursor ?? undefined } } }));
  }
}

/** Rows that moved between two answers come in both, and stay where they were seen first. */
function join(rows: CaseRow[], more: CaseRow[]): CaseRow[] {
  const known = new Set(rows.map((row) => row.id));
  return [...rows, ...more.filter((row) => !known.has(row.id))];
}
