// The backtests of the organization, newest first. One that runs goes on without this page; while it does, it is looked at
// when the server says that it went on, and every few seconds in case nothing is said.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Backtest, Files } from '$lib/api/types';
import { live } from '$lib/state/live.svelte';
import { rememberBacktest } from './mine';

const LOOK = 3000;

export type Range = { from?: string; until?: string };

export class Backtests {
  items: Backtest[] = $state.raw([]);
  loaded = $state(false);
  starting = $state(false);
  problem: Problem | null = $state(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  get running(): Backtest | null {
    return this.items.find((one) => one.state === 'running') ?? null;
  }

  /** Until the returned function is called. */
  follow(): () => void {
    void this.load();
    const stops = [live.on('backtest', () => void this.load()), live.on('resync', () => void this.load())];
    return () => {
      stops.forEach((stop) => stop());
      clearTimeout(this.#timer);
      this.#turn += 1;
    };
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    try {
      const { items } = await ask(api.GET('/api/v1/policy/backtests'));
      if (turn !== this.#turn) return;
      this.items = items;
      this.loaded = true;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      if (!this.loaded) this.problem = asProblem(thrown);
    }
    if (this.running) this.#timer = setTimeout(() => void this.load(), LOOK);
  }

  /** Starts one; nothing when it could not be, and then `problem` says why. */
  async start(what: { files?: Files; version_id?: string }, range: Range): Promise<Backtest | null> {
    if (this.starting) return null;
    this.starting = true;
    this.problem = null;
    let made: Backtest | null = null;
    try {
      made = await ask(api.POST('/api/v1/policy/backtests', { body: { ...what, ...range } }));
      if (what.files) rememberBacktest(made.id, what.files);
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
    this.starting = false;
    await this.load();
    return made;
  }

  async cancel(id: string): Promise<void> {
    try {
      await ask(api.POST('/api/v1/policy/backtests/{id}/cancel', { params: { path: { id } } }));
      this.problem = null;
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
    await this.load();
  }
}
