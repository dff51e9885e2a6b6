// One case, kept up to date while it is open.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { CaseView } from '$lib/api/types';

const SETTLE = 200;

export class CurrentCase {
  view: CaseView | null = $state.raw(null);
  problem: Problem | null = $state(null);

  #id = '';
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async show(id: string): Promise<void> {
    if (id !== this.#id) this.view = null;
    this.#id = id;
    await this.load();
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const view = await ask(api.GET('/api/v1/cases/{id}', { params: { path: { id: this.#id } } }));
      if (turn !== this.#turn) return;
      this.view = view;
      this.problem = null;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = asProblem(thrown);
    }
  }

  loadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, SETTLE);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn += 1;
  }
}
