// All versions of the policy, newest first, for every page of the studio, and what can be done with one. Each act gives
// back the version as it is then; a refusal is thrown.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { VersionRow } from '$lib/api/types';
import { live } from '$lib/state/live.svelte';

const byId = (id: string) => ({ path: { id } });

class Versions {
  items: VersionRow[] = $state.raw([]);
  loaded = $state(false);
  problem: Problem | null = $state(null);
  #turn = 0;

  /** Until the returned function is called. */
  follow(): () => void {
    void this.load();
    const stops = [live.on('policy', () => void this.load()), live.on('resync', () => void this.load())];
    return () => stops.forEach((stop) => stop());
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const { items } = await ask(api.GET('/api/v1/policy/versions'));
      if (turn !== this.#turn) return;
      this.items = items;
      this.loaded = true;
      this.problem = null;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = asProblem(thrown);
    }
  }

  get live(): VersionRow | null {
    return this.items.find((one) => one.is_live) ?? null;
  }

  /** The newest that is on its way: proposed, in shadow, or a canary. */
  get open(): VersionRow | null {
    return this.items.find((one) => isOpen(one)) ?? null;
  }

  /** Went live without approval, and nobody has looked at it since. */
  get unreviewed(): VersionRow[] {
    return this.items.filter((one) => one.break_glass && !one.break_glass.reviewed);
  }

  publish = (id: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/publish', { params: byId(id), body: {} })));
  breakGlass = (id: string, reason: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/break-glass', { params: byId(id), body: { reason } })));
  review = (id: string, note: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/review', { params: byId(id), body: { note } })));
  approve = (id: string, impact_hash: string, note: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/approve', { params: byId(id), body: { impact_hash, note } })));
  shadow = (id: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/shadow', { params: byId(id), body: {} })));
  canary = (id: string, percent: number) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/canary', { params: byId(id), body: { percent } })));
  setAside = (id: string, reason: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/set-aside', { params: byId(id), body: { reason } })));
  restore = (id: string, reason: string) => this.#act(ask(api.POST('/api/v1/policy/versions/{id}/restore', { params: byId(id), body: { reason } })));

  async #act(doing: Promise<VersionRow>): Promise<VersionRow> {
    const version = await doing;
    await this.load();
    return version;
  }
}

export const versions = new Versions();

export function isOpen({ state }: VersionRow): boolean {
  return state === 'candidate' || state === 'shadow' || state === 'canary';
}
