// What the draft would have done, and what it does in the pinned case: asked anew whenever writing or the clock pauses. An
// answer that is overtaken is thrown away; what is shown meanwhile says that it is from before.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Evidence, Files } from '$lib/api/types';

const PAUSE = 600;

export type Question = {
  files: Files;
  /** Whether the files compile; those that do not are not sent. */
  compiles: boolean;
  /** The files are those that are live: then there is nothing to compare. */
  isLive: boolean;
  caseId: string | null;
  now: string | null;
};

export class LiveEvidence {
  result: Evidence | null = $state.raw(null);
  /** When it came. */
  at: Date | null = $state(null);
  problem: Problem | null = $state(null);
  running = $state(false);
  /** The draft has errors, so that what is shown stays what it is. */
  blocked = $state(false);
  /** What is shown was asked about something else than what stands there now. */
  stale = $state(false);

  #question: Question | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  #abort: AbortController | null = null;

  /** To be called with whatever changes; what is the same again asks nothing. */
  about(question: Question): void {
    const before = this.#question;
    if (before && before.files === question.files && before.caseId === question.caseId && before.now === question.now && before.compiles === question.compiles && before.isLive === question.isLive) return;
    this.#question = question;
    this.#forget();
    this.blocked = !question.compiles;
    this.stale = this.result !== null;
    if (this.blocked) return;
    if (question.isLive && !question.caseId) {
      this.result = null;
      this.stale = false;
      this.problem = null;
      return;
    }
    this.running = true;
    this.#timer = setTimeout(() => void this.#ask(question), before ? PAUSE : 0);
  }

  again(): void {
    const question = this.#question;
    if (!question || this.blocked) return;
    this.#forget();
    this.running = true;
    void this.#ask(question);
  }

  stop(): void {
    this.#forget();
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = null;
    this.#turn += 1;
    this.running = false;
  }

  async #ask({ files, caseId, now }: Question): Promise<void> {
    const turn = this.#turn;
    this.#abort = new AbortController();
    try {
      const body = { files, case_id: caseId ?? undefined, now: now ?? undefined };
      const result = await ask(api.POST('/api/v1/policy/evidence', { body, signal: this.#abort.signal }));
      if (turn !== this.#turn) return;
      this.result = result;
      this.at = new Date();
      this.stale = false;
      this.problem = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      const problem = asProblem(thrown);
      // Its diagnostics are on their way to the editor from the check.
      if (problem.slug === 'policy-rejected') this.blocked = true;
      else this.problem = problem;
    }
    this.running = false;
  }
}
