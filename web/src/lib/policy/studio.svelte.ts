// What the studio's first page holds together: the draft, what it would do, the case pinned beside it, the backtests, and
// what the draft is proposed as. The parts do not know each other; here they meet.
import { api, ask } from '$lib/api/client';
import { asProblem } from '$lib/api/problem';
import type { Backtest, Coverage, Files, VersionRow, Word } from '$lib/api/types';
import { live } from '$lib/state/live.svelte';
import { Backtests } from './backtest/backtests.svelte';
import { backtestOf } from './backtest/mine';
import { PolicyBundle } from './bundle.svelte';
import { namesOf } from './editor/names';
import { LiveEvidence } from './evidence/evidence.svelte';
import { PinnedCase } from './evidence/pinned.svelte';
import { changedFiles, sameFiles } from './files';
import { versions } from './life/versions.svelte';

export class Studio {
  readonly mayEdit: boolean;
  readonly bundle: PolicyBundle;
  readonly evidence = new LiveEvidence();
  readonly pinned = new PinnedCase();
  readonly backtests = new Backtests();
  vocabulary: Word[] = $state.raw([]);
  coverage: Coverage | null = $state.raw(null);
  /** A test is being made of a case. */
  saving = $state(false);
  #proposed: { id: string; files: Files } | null = $state.raw(null);

  readonly changed = $derived.by(() => changedFiles(this.bundle.files, this.bundle.liveFiles));
  readonly names = $derived.by(() => namesOf(this.bundle.files));
  readonly errors = $derived.by(() => this.bundle.check?.diagnostics.some((one) => one.severity === 'error') ?? false);
  /** The version on its way that has exactly the files of the draft. */
  readonly version: VersionRow | null = $derived.by(() => {
    const { open } = versions;
    return open && this.changed.length > 0 && this.#proposed?.id === open.id && sameFiles(this.#proposed.files, this.bundle.files) ? open : null;
  });
  /** The newest backtest of what stands here: of the version, or of the draft when this tab started it. */
  readonly backtest: Backtest | null = $derived.by(() => {
    const { items } = this.backtests;
    const mine = items.length ? backtestOf(this.bundle.files) : null;
    return items.find((one) => one.id === mine || (one.version && one.version.id === this.version?.id)) ?? null;
  });

  constructor(mayEdit: boolean, user: string) {
    this.mayEdit = mayEdit;
    this.bundle = new PolicyBundle(mayEdit, user);
  }

  /** Until the returned function is called. */
  follow(): () => void {
    void this.bundle.load();
    void this.#words();
    const seen = () => document.visibilityState === 'visible' && void this.bundle.refresh();
    document.addEventListener('visibilitychange', seen);
    const stops = [live.on('policy', () => void this.bundle.refresh()), live.on('resync', () => void this.bundle.refresh()), this.backtests.follow()];
    return () => {
      stops.forEach((stop) => stop());
      document.removeEventListener('visibilitychange', seen);
      this.bundle.stop();
      this.evidence.stop();
    };
  }

  /** Asks what the draft would do; called whenever one of the things it depends on changes. */
  look(): void {
    const { bundle, pinned } = this;
    if (!bundle.loaded || !this.mayEdit) return;
    this.evidence.about({ files: bundle.files, compiles: !this.errors, isLive: this.changed.length === 0, caseId: pinned.id, now: pinned.now });
  }

  /** Reads what is proposed, to know whether it is this draft. */
  async readProposed(id: string | undefined): Promise<void> {
    if (!id || this.#proposed?.id === id) return;
    const version = await ask(api.GET('/api/v1/policy/versions/{id}', { params: { path: { id } } })).catch(() => null);
    if (version) this.#proposed = { id, files: version.files };
  }

  async cover(files: Files): Promise<void> {
    if (!this.mayEdit) return;
    this.coverage = await ask(api.POST('/api/v1/policy/coverage', { body: { files } })).catch(() => this.coverage);
  }

  /** Makes a test of a case and puts it into the draft; gives back where it stands. */
  async saveAsTest(case_id: string): Promise<string | null> {
    if (this.saving) return null;
    this.saving = true;
    let path: string | null = null;
    try {
      const made = await ask(api.POST('/api/v1/policy/cases/{case_id}/test', { params: { path: { case_id } } }));
      path = freePath(made.path, made.text, this.bundle.files);
      this.bundle.write(path, made.text);
    } catch (thrown) {
      this.bundle.problem = asProblem(thrown);
    }
    this.saving = false;
    return path;
  }

  /** Makes the version of this draft live; what is written afterwards follows it. */
  async publish(version: VersionRow): Promise<void> {
    await versions.publish(version.id);
    await this.bundle.follow(version.id);
  }

  async #words(): Promise<void> {
    const answer = await ask(api.GET('/api/v1/policy/vocabulary')).catch(() => null);
    if (answer) this.vocabulary = answer.items;
  }
}

/** A path that overwrites nothing: a test of this name that was changed by hand stays. */
export function freePath(path: string, text: string, files: Files): string {
  const [stem, end] = [path.replace(/\.toml$/, ''), path.endsWith('.toml') ? '.toml' : ''];
  for (let number = 1; ; number++) {
    const free = number === 1 ? path : `${stem}-${number}${end}`;
    if (files[free] === undefined || files[free] === text) return free;
  }
}
