// The bundle being edited: saved as a draft while it is written, checked when the writing pauses. Until it is saved, this
// tab keeps it, so that neither a lost connection nor the end of the session loses a text.
import { api, ask } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { BundleCheck, BundleTests, Draft, Files, VersionRow } from '$lib/api/types';
import { check } from './checker';
import { sameFiles } from './files';
import { keepUnsaved, readUnsaved } from './unsaved';

const CHECK_PAUSE = 400;
const SAVE_PAUSE = 1000;

export class PolicyBundle {
  files: Files = $state.raw({});
  liveFiles: Files = $state.raw({});
  live: VersionRow | null = $state.raw(null);
  revision = 0;
  savedAt: Date | null = $state(null);
  saving: 'no' | 'soon' | 'now' = $state('no');
  check: BundleCheck | null = $state.raw(null);
  checking = $state(false);
  tests: BundleTests | null = $state.raw(null);
  testing = $state(false);
  loaded = $state(false);
  problem: Problem | null = $state(null);
  /** Theirs, when somebody else saved first and ours waits to be saved. */
  conflict: Draft | null = $state.raw(null);
  /** Theirs, when somebody else saved one and nothing here waits to be saved. */
  newer: Draft | null = $state.raw(null);
  /** What `takeTheirs` put aside, until it is brought back or something else is written. */
  aside: Files | null = $state.raw(null);
  /** Whether this tab keeps what is not saved yet. */
  kept = $state(true);

  #mayEdit: boolean;
  #user: string;
  /** The live version that the files were begun on. */
  #base: string | null = null;
  /** What was sent without an answer; it may have been saved. */
  #sent: Files | null = null;
  #saves: Promise<void> = Promise.resolve();
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #checkTurn = 0;
  #loadTurn = 0;

  constructor(mayEdit: boolean, user: string) {
    this.#mayEdit = mayEdit;
    this.#user = user;
  }

  /** Takes what the server has, unless something was written that it does not have. */
  async load(): Promise<void> {
    const before = this.saving === 'no' ? this.files : null;
    try {
      const state = await this.#loadLive();
      if (!state) return;
      this.loaded = true;
      this.problem = null;
      if (this.files === before) this.#take(state.draft ?? null);
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Somebody published, or the connection is back. Nothing that is being written is thrown away for that. */
  async refresh(): Promise<void> {
    if (!this.loaded || (this.saving === 'no' && sameFiles(this.files, this.liveFiles))) return this.load();
    await this.save();
    const state = await this.#loadLive().catch(() => null);
    if (state?.draft) this.#hear(state.draft);
  }

  write(path: string, text: string): void {
    this.#replace({ ...this.files, [path]: text });
  }

  remove(path: string): void {
    const { [path]: _, ...rest } = this.files;
    this.#replace(rest);
  }

  backToLive(): void {
    this.#base = this.live?.id ?? null;
    this.#replace(this.liveFiles);
  }

  /** Theirs, whether or not it stands against something of ours. */
  get theirs(): Draft | null {
    return this.conflict ?? this.newer;
  }

  takeTheirs(): void {
    const { theirs } = this;
    if (!theirs) return;
    this.aside = sameFiles(theirs.files, this.files) ? null : this.files;
    this.files = theirs.files;
    this.#base = this.live?.id ?? null;
    this.#saved(theirs, this.files);
    this.conflict = this.newer = null;
    this.#checkSoon(0);
  }

  bringBack(): void {
    if (this.aside) this.#replace(this.aside);
  }

  keepMine(): void {
    const { theirs } = this;
    if (!theirs) return;
    this.revision = theirs.revision;
    this.conflict = this.newer = null;
    this.saving = 'soon';
    void this.save();
  }

  /** One at a time: the next one leaves with the revision that the one before brought back. */
  save(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saves = this.#saves.then(() => this.#put());
    return this.#saves;
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

  /**
   * Proposes what is in the editor as a version, or nothing as long as somebody else's draft stands against it. A refusal is
   * thrown, with its diagnostics or failing tests already shown; when another version went live, that one is loaded to
   * compare with.
   */
  async propose(note: string): Promise<VersionRow | null> {
    await this.save();
    if (this.conflict) return null;
    try {
      const body = { files: this.files, note, base: this.#base };
      const version = await ask(api.POST('/api/v1/policy/versions', { body }));
      await this.#loadLive().catch(() => {});
      return version;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.body.diagnostics) this.check = { charter: null, rules: [], ...this.check, diagnostics: problem.body.diagnostics };
      if (problem.body.tests) this.tests = problem.body.tests;
      if (problem.slug === 'policy-changed') {
        await this.#loadLive().catch(() => {});
        this.#base = this.live?.id ?? null;
        this.#keep();
      }
      throw problem;
    }
  }

  /** We made this version live ourselves: what is written is meant to follow it. */
  async follow(live: string): Promise<void> {
    this.#base = live;
    this.#keep();
    await this.load();
  }

  stop(): void {
    clearTimeout(this.#checkTimer);
    // What waits to be saved is saved now; what cannot be is kept in this tab.
    void this.save();
  }

  async #put(): Promise<void> {
    if (!this.#mayEdit || this.conflict || this.saving === 'no') return;
    const files = this.files;
    this.saving = 'now';
    try {
      const draft = await ask(api.PUT('/api/v1/policy/draft', { body: { files, base_revision: this.revision } }));
      this.#saved(draft, files);
    } catch (thrown) {
      const problem = asProblem(thrown);
      const theirs = problem.body.draft;
      this.saving = 'soon';
      if (problem.noAnswer) this.#sent = files;
      // What we saved ourselves, without being told, is nobody else's.
      if (theirs && [files, this.#sent].some((ours) => ours && sameFiles(ours, theirs.files))) {
        this.#saved(theirs, theirs.files);
        await this.#put();
      } else if (theirs) [this.conflict, this.newer] = [theirs, null];
      else this.problem = problem;
    }
  }

  #saved(draft: Draft, files: Files): void {
    this.revision = draft.revision;
    this.savedAt = new Date(draft.updated_at);
    this.saving = sameFiles(this.files, files) ? 'no' : 'soon';
    this.problem = null;
    this.#keep();
  }

  /** What is live, and its files. Nothing when it was asked for again meanwhile. */
  async #loadLive() {
    const turn = ++this.#loadTurn;
    const state = await ask(api.GET('/api/v1/policy'));
    const files = state.live ? (await ask(api.GET('/api/v1/policy/versions/{id}', { params: { path: { id: state.live.id } } }))).files : {};
    if (turn !== this.#loadTurn) return null;
    this.live = state.live ?? null;
    this.liveFiles = files;
    // Whatever it was begun on, it is the same now.
    if (sameFiles(this.files, files)) this.#base = this.live?.id ?? null;
    return state;
  }

  #take(draft: Draft | null): void {
    this.files = draft?.files ?? this.liveFiles;
    this.revision = draft?.revision ?? 0;
    this.savedAt = draft ? new Date(draft.updated_at) : null;
    this.#base = this.live?.id ?? null;
    this.newer = null;
    const unsaved = this.#mayEdit ? readUnsaved(this.#user) : null;
    if (unsaved && !sameFiles(unsaved.files, this.files)) {
      this.files = unsaved.files;
      this.revision = unsaved.revision;
      this.#base = unsaved.base;
      this.saving = 'soon';
      void this.save();
    }
    this.#keep();
    this.#checkSoon(0);
  }

  /** Somebody saved a draft. What was saved here is no news; what waits here to be saved meets theirs when it is. */
  #hear(draft: Draft): void {
    if (draft.revision <= this.revision || this.saving !== 'no') return;
    if (sameFiles(draft.files, this.files)) this.#saved(draft, this.files);
    else this.newer = draft;
  }

  #keep(): void {
    if (!this.#mayEdit) return;
    this.kept = keepUnsaved(this.#user, this.saving === 'no' ? null : { files: this.files, revision: this.revision, base: this.#base });
  }

  #replace(files: Files): void {
    this.files = files;
    this.tests = null;
    this.aside = null;
    this.saving = 'soon';
    this.#keep();
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
      const diagnostics = await check(this.files).catch(() => null);
      if (turn !== this.#checkTurn) return;
      if (diagnostics) this.check = { charter: null, rules: [], ...this.check, diagnostics };
      this.checking = false;
    }, pause);
  }
}
