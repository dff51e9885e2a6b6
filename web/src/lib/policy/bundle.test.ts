import { noAnswer, Problem } from '$lib/api/problem';
import type { Files } from '$lib/api/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PolicyBundle } from './bundle.svelte';

type Body = { files: Files; base_revision: number; base: string | null };

/** A server with one draft and a row of versions. `saves` holds the requests whose answer is held back. */
const server = vi.hoisted(() => ({
  draft: { files: {} as Files, revision: 0, updated_at: '2026-05-13T08:00:00Z', updated_by: null as { id: string; name: string } | null },
  versions: [] as { id: string; number: number; files: Files }[],
  proposed: {} as Files,
  wait: null as Promise<void> | null,
  refuse: null as unknown,
  lose: false
}));

vi.mock('$lib/api/client', () => ({
  ask: (answer: Promise<unknown>) => answer,
  api: {
    async GET(path: string, request?: { params: { path: { id: string } } }) {
      const live = server.versions.at(-1);
      const seen = { live, draft: { ...server.draft } };
      await server.wait;
      return path === '/api/v1/policy' ? seen : server.versions.find((one) => one.id === request?.params.path.id);
    },
    async PUT(_: string, { body }: { body: Body }) {
      await server.wait;
      if (server.refuse) throw server.refuse;
      if (body.base_revision !== server.draft.revision) throw new Problem({ type: '/problems/draft-changed', title: '', status: 409, detail: '', draft: { ...server.draft } });
      server.draft = { ...server.draft, files: body.files, revision: body.base_revision + 1 };
      if (server.lose) throw noAnswer();
      return server.draft;
    },
    async POST(path: string, { body }: { body: Body }) {
      if (path === '/api/v1/policy/versions/{id}/publish') return publish(server.proposed);
      if (path !== '/api/v1/policy/versions') return { diagnostics: [] };
      if (body.base !== server.versions.at(-1)?.id) throw new Problem({ type: '/problems/policy-changed', title: '', status: 409, detail: '' });
      return { id: 'proposed', number: server.versions.length + 1, files: body.files };
    }
  }
}));

function publish(files: Files) {
  const version = { id: `v${server.versions.length + 1}`, number: server.versions.length + 1, files };
  server.versions.push(version);
  return version;
}

function held() {
  let go = () => {};
  server.wait = new Promise((resolve) => (go = resolve));
  return () => ((server.wait = null), go());
}

async function opened(mayEdit = true) {
  const bundle = new PolicyBundle(mayEdit, 'olga');
  await bundle.load();
  return bundle;
}

beforeEach(() => {
  vi.useFakeTimers();
  const stored = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => stored.set(name, value), removeItem: (name: string) => stored.delete(name) });
  server.versions = [];
  publish({ 'a.rhai': 'live' });
  Object.assign(server, { draft: { files: { 'a.rhai': 'live' }, revision: 0, updated_at: '2026-05-13T08:00:00Z' }, wait: null, refuse: null, lose: false });
});

describe('saving', () => {
  it('happens one at a time, so that nobody is in conflict with oneself', async () => {
    const bundle = await opened();
    const go = held();
    bundle.write('a.rhai', 'one');
    const first = bundle.save();
    await Promise.resolve();
    bundle.write('a.rhai', 'two');
    const second = bundle.save();
    go();
    await Promise.all([first, second]);
    expect(server.draft).toMatchObject({ files: { 'a.rhai': 'two' }, revision: 2 });
    expect(bundle).toMatchObject({ conflict: null, saving: 'no', revision: 2 });
  });

  it('that went well without an answer is no conflict', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'one');
    server.lose = true;
    await bundle.save();
    expect(bundle.problem?.noAnswer).toBe(true);
    server.lose = false;
    bundle.write('a.rhai', 'two');
    await bundle.save();
    expect(server.draft).toMatchObject({ files: { 'a.rhai': 'two' }, revision: 2 });
    expect(bundle).toMatchObject({ conflict: null, problem: null, saving: 'no' });
  });

  it('stops before the draft of somebody else, until one is chosen', async () => {
    const bundle = await opened();
    server.draft = { ...server.draft, files: { 'a.rhai': 'theirs' }, revision: 1 };
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    expect(bundle.conflict?.files).toEqual({ 'a.rhai': 'theirs' });
    expect(await bundle.propose('mine')).toBeNull();
    bundle.keepMine();
    await bundle.save();
    expect(server.draft.files).toEqual({ 'a.rhai': 'mine' });
  });
});

describe('what is not saved', () => {
  it('comes back after the session ended', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    server.refuse = new Problem({ type: '/problems/not-signed-in', title: '', status: 401, detail: '' });
    bundle.stop();
    await bundle.save();
    server.refuse = null;
    const again = await opened();
    expect(again.files).toEqual({ 'a.rhai': 'mine' });
    await again.save();
    expect(server.draft.files).toEqual({ 'a.rhai': 'mine' });
    expect((await opened()).files).toEqual({ 'a.rhai': 'mine' });
    expect(sessionStorage.getItem('comity-policy-olga')).toBeNull();
  });

  it('is not given to somebody else', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    const other = new PolicyBundle(true, 'paul');
    await other.load();
    expect(other.files).toEqual({ 'a.rhai': 'live' });
    bundle.stop();
  });

  it('is not replaced by what is being loaded', async () => {
    const bundle = await opened();
    const go = held();
    const refreshed = bundle.refresh();
    bundle.write('a.rhai', 'mine');
    publish({ 'a.rhai': 'newer' });
    go();
    await refreshed;
    expect(bundle.files).toEqual({ 'a.rhai': 'mine' });
    bundle.stop();
  });
});

describe('the draft of somebody else', () => {
  const amara = { id: 'amara', name: 'Amara' };
  const theirs = () => (server.draft = { ...server.draft, files: { 'a.rhai': 'theirs' }, revision: server.draft.revision + 1, updated_by: amara });

  it('is announced as soon as it is saved, and replaces nothing by itself', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    theirs();
    await bundle.refresh();
    expect(bundle).toMatchObject({ newer: { updated_by: amara }, conflict: null, files: { 'a.rhai': 'mine' } });
    bundle.takeTheirs();
    expect(bundle).toMatchObject({ newer: null, files: { 'a.rhai': 'theirs' }, revision: 2, saving: 'no' });
    bundle.stop();
  });

  it('is followed where nothing was changed here', async () => {
    const bundle = await opened();
    theirs();
    await bundle.refresh();
    expect(bundle).toMatchObject({ newer: null, files: { 'a.rhai': 'theirs' } });
  });

  it('is no news when it was saved here', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    await bundle.refresh();
    expect(bundle.newer).toBeNull();
    bundle.stop();
  });

  it('meets what is written after it was announced, and then waits for a choice', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    theirs();
    await bundle.refresh();
    bundle.write('a.rhai', 'mine, more');
    await bundle.save();
    expect(bundle).toMatchObject({ newer: null, conflict: { updated_by: amara } });
    // Putting both together is writing: it is kept here, and saved once it is chosen.
    bundle.write('a.rhai', 'mine and theirs');
    await bundle.save();
    expect(server.draft.files).toEqual({ 'a.rhai': 'theirs' });
    bundle.keepMine();
    await bundle.save();
    expect(server.draft).toMatchObject({ files: { 'a.rhai': 'mine and theirs' }, revision: 3 });
  });

  it('leaves mine to be brought back', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    theirs();
    await bundle.refresh();
    bundle.takeTheirs();
    expect(bundle.aside).toEqual({ 'a.rhai': 'mine' });
    bundle.bringBack();
    await bundle.save();
    expect(server.draft).toMatchObject({ files: { 'a.rhai': 'mine' }, revision: 3 });
    expect(bundle.aside).toBeNull();
  });
});

describe('proposing', () => {
  it('is refused on another base than what is live, and then compared with that', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    publish({ 'a.rhai': 'theirs' });
    await bundle.refresh();
    expect(bundle).toMatchObject({ live: { id: 'v2' }, liveFiles: { 'a.rhai': 'theirs' }, files: { 'a.rhai': 'mine' } });
    await expect(bundle.propose('mine')).rejects.toMatchObject({ slug: 'policy-changed' });
    expect(await bundle.propose('mine, knowing theirs')).toMatchObject({ id: 'proposed' });
    expect(bundle).toMatchObject({ live: { id: 'v2' }, files: { 'a.rhai': 'mine' } });
  });

  it('changes nothing of what is written, also not what is written meanwhile', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.save();
    const go = held();
    const proposed = bundle.propose('mine');
    await Promise.resolve();
    bundle.write('a.rhai', 'more');
    go();
    await proposed;
    expect(bundle.files).toEqual({ 'a.rhai': 'more' });
    bundle.stop();
  });

  it('is followed once it is live', async () => {
    const bundle = await opened();
    bundle.write('a.rhai', 'mine');
    await bundle.propose('mine');
    const { id } = publish({ 'a.rhai': 'mine' });
    await bundle.follow(id);
    bundle.write('a.rhai', 'next');
    expect(await bundle.propose('next')).toMatchObject({ id: 'proposed', number: 3 });
  });
});
