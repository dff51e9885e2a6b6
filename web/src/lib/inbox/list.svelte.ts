// The list of cases on the page: loaded for a filter, kept up to date while things happen, continued on demand.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { CaseRow } from '$lib/api/types';
import { inboxCounts } from '$lib/state/counts.svelte';
import { question, type Filter } from './queues';

const PAGE = 50;
/** What the server gives at most. */
const MOST = 200;
/** Changes come in bursts; one question answers them all. */
const SETTLE = 250;

export class CaseList {
  rows: CaseRow[] = $state.raw([]);
  next: string | null = $state(null);
  state: 'loading' | 'shown' | 'failed' = $state('loading');
  problem: Problem | null = $state(null);

  #filter: Filter | null = null;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async show(filter: Filter): Promise<void> {
    this.#filter = filter;
    inboxCounts.byInbox = true;
    this.state = 'loading';
    await this.#load(PAGE);
  }

  /** Soon, not at once: many changes become one question. */
  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, SETTLE);
  }

  async refresh(): Promise<void> {
    if (this.#filter) await this.#load(Math.min(MOST, Math.max(PAGE, this.rows.length)));
  }

  async more(): Promise<void> {
    if (!this.#filter || !this.next) return;
    const turn = this.#turn;
    const answer = await ask(api.GET('/api/v1/cases', { params: { query: { ...question(this.#filter), limit: PAGE, cursor: this.next } } })).catch((thrown) => {
      this.problem = asProblem(thrown);
    });
    if (!answer || turn !== this.#turn) return;
    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...answer.items.filter((row) => !known.has(row.id))];
    this.next = answer.next_cursor ?? null;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn += 1;
    inboxCounts.byInbox = false;
  }

  async #load(limit: number): Promise<void> {
    const filter = this.#filter;
    if (!filter) return;
    const turn = ++this.#turn;
    try {
      const answer = await ask(api.GET('/api/v1/cases', { params: { query: { ...question(filter), limit } } }));
      inboxCounts.current = answer.counts;
      if (turn !== this.#turn) return;
      this.rows = answer.items;
      this.next = answer.next_cursor ?? null;
      this.problem = null;
      this.state = 'shown';
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.problem = asProblem(thrown);
      if (this.state === 'loading') this.state = 'failed';
    }
  }
}
