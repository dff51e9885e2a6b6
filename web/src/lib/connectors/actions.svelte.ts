// Pause, go on and test, for the list and for the page of one connection.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { ConnectionView } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';

export class ConnectionActions {
  /** The connection something is being done with. */
  busy: string | null = $state(null);
  /** What a test found. */
  found: { id: string; ok: boolean; text: string } | null = $state(null);
  problem: Problem | null = $state(null);

  #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  pause = (one: ConnectionView) => this.#run(one, () => ask(api.POST('/api/v1/connections/{id}/pause', { params: { path: { id: one.id } } })));
  resume = (one: ConnectionView) => this.#run(one, () => ask(api.POST('/api/v1/connections/{id}/resume', { params: { path: { id: one.id } } })));

  verify = (one: ConnectionView) =>
    this.#run(one, async () => {
      const result = await ask(api.POST('/api/v1/connections/{id}/verify', { params: { path: { id: one.id } } }));
      const words = t().connectors;
      const text = result.ok ? (result.account ? words.verified(result.account.handle) : words.verifiedNoAccount) : [result.error?.message, result.error?.advice].filter(Boolean).join(' ');
      this.found = { id: one.id, ok: result.ok, text };
    });

  async #run(one: ConnectionView, act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = one.id;
    this.found = null;
    this.problem = null;
    try {
      await act();
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
    this.busy = null;
    this.#changed();
  }
}
