// The bundle being edited: saved as a draft while it is written, checked when the writing pauses.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { BundleCheck, BundleTests, Draft, Files, VersionRow } from '$lib/api/types';
import { changedFiles } from './files';

const CHECK_PAUSE = 400;
const SAVE_PAUSE = 1000;

export class PolicyBundle {
  files: Files = $state.raw({});
  liveFiles: Files = $state.raw({});
  live: VersionRow | null = $state.raw(null);
  versions: VersionRow[] = $state.raw([]);
  revision = 0;
  savedAt: Date | null = $state(null);
  saving: 'no' | 'soon' | 'now' = $state('no');
  check: BundleCheck | null = $state.raw(null);
  checking = $state(false);
  tests: BundleTests | null = $state.raw(null);
  testing = $state(false);
  loaded = $state(false);
  problem: Problem | null = $state(null);
  /** Theirs, when somebody else saved first. */
  conflict: Draft | null = $state.raw(null);

  #mayEdit: boolean;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #checkTurn = 0;

  constructor(mayEdit: boolean) {
    this.#mayEdit = mayEdit;
  }

  async load(): Promise<void> {
    try {
      const state = await ask(api.GET('/api/v1/policy'));
      this.versions = (await ask(api.GET('/api/v1/policy/versions'))).items;
      this.live = state.live ?? null;
      this.liveFiles = state.live ? (await ask(api.GET('/api/v1/policy/versions/{id}', { params: { path: { id: state.live.id } } }))).files : {};
      this.revision = state.draft?.revision ?? 0;
      this.savedAt = state.draft ? new Date(state.draft.updated_at) : null;
      this.files = state.draft?.files ?? this.liveFiles;
      this.loaded = true;
      this.problem = null;
      this.#checkSoon(0);
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Nothing that is being written is thrown away because somebody published. */
  async refresh(): Promise<void> {
    if (this.saving === 'no' && changedFiles(this.files, this.liveFiles).length === 0) await this.load();
    else this.versions = (await ask(api.GET('/api/v1/policy/versions')).catch(() => ({ items: this.versions }))).items;
  }

  write(path: string, text: string): void {
    this.#replace({ ...this.files, [path]: text });
  }

  remove(path: string): void {
    const { [path]: _, ...rest } = this.files;
    this.#replace(rest);
  }

  backToLive(): void {
    this.#replace(this.liveFiles);
  }

  takeTheirs(): void {
    if (!this.conflict) return;
    this.files = this.conflict.files;
    this.revision = this.conflict.revision;
    this.savedAt = new Date(this.conflict.updated_at);
    this.conflict = null;
    this.saving = 'no';
    this.#checkSoon(0);
  }

  keepMine(): void {
    if (!this.conflict) return;
    this.revision = this.conflict.revision;
    this.conflict = null;
    void this.save();
  }

  async save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    if (!this.#mayEdit || this.conflict) return;
    const files = this.files;
    this.saving = 'now';
    try {
      const draft = await ask(api.PUT('/api/v1/policy/draft', { body: { files, base_revision: this.revision } }));
      this.revision = draft.revision;
      this.savedAt = new Date(draft.updated_at);
      this.problem = null;
      this.saving = this.files === files ? 'no' : 'soon';
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.saving = 'soon';
      if (problem.body.draft) this.conflict = problem.body.draft;
      else this.problem = problem;
    }
  }

  async test(): Promise<void> {
    if (this.testing) return;
    this.testing = true;
    try {
      this.tests = await ask(api.POST('/api/v1/policy/test', { body: { files: this.files } }));
      this.problem = null;
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
    this.testing = false;
  }

  /** Publishes what is in the editor; a refusal is thrown, with its diagnostics or failing tests already shown. */
  async publish(note: string): Promise<VersionRow> {
    try {
      const version = await ask(api.POST('/api/v1/policy/versions', { body: { files: this.files, note } }));
      clearTimeout(this.#saveTimer);
      this.saving = 'no';
      this.tests = null;
      await this.load();
      return version;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.body.diagnostics) this.check = { charter: null, rules: [], ...this.check, diagnostics: problem.body.diagnostics };
      if (problem.body.tests) this.tests = problem.body.tests;
      throw problem;
    }
  }

  async restore(version: VersionRow, reason: string): Promise<void> {
    await ask(api.POST('/api/v1/policy/versions/{id}/restore', { params: { path: { id: version.id } }, body: { reason } }));
    await this.load();
  }

  stop(): void {
    clearTimeout(this.#checkTimer);
    // What waits to be saved is saved now: leaving the page loses nothing.
    if (this.saving === 'soon' && !this.conflict) void this.save();
  }

  #replace(files: Files): void {
    this.files = files;
    this.tests = null;
    this.saving = 'soon';
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => void this.save(), SAVE_PAUSE);
    this.#checkSoon(CHECK_PAUSE);
  }

  #checkSoon(pause: number): void {
    if (!this.#mayEdit) return;
    clearTimeout(this.#checkTimer);
    this.checking = true;
    const turn = ++this.#checkTurn;
    this.#checkTimer = setTimeout(async () => {
      const check = await ask(api.POST('/api/v1/policy/check', { body: { files: this.files } })).catch(() => null);
      if (turn !== this.#checkTurn) return;
      if (check) this.check = check;
      this.checking = false;
    }, pause);
  }
}
