import { Problem } from '$lib/api/problem';
import type { Evidence, Files } from '$lib/api/types';
import { beforeEach, expect, it, vi } from 'vitest';
import { LiveEvidence, type Question } from './evidence.svelte';

type Asked = { files: Files; case_id?: string; now?: string };

/** A server that answers when it is told to, in any order. */
const server = vi.hoisted(() => ({ asked: [] as { body: unknown; signal: AbortSignal; answer: (result: unknown) => void; refuse: (problem: unknown) => void }[] }));

vi.mock('$lib/api/client', () => ({
  ask: (answer: Promise<unknown>) => answer,
  api: {
    POST: (_: string, { body, signal }: { body: unknown; signal: AbortSignal }) => new Promise((answer, refuse) => server.asked.push({ body, signal, answer, refuse }))
  }
}));

const result = (different: number) => ({ events: 1000, different, cases: [] }) as unknown as Evidence;
const asks = (text: string, more: Partial<Question> = {}): Question => ({ files: { 'a.rhai': text }, compiles: true, isLive: false, caseId: null, now: null, ...more });
const texts = () => server.asked.map(({ body }) => (body as Asked).files['a.rhai']);

beforeEach(() => {
  vi.useFakeTimers();
  server.asked = [];
});

it('asks at once at first, and then when writing pauses', async () => {
  const evidence = new LiveEvidence();
  evidence.about(asks('one'));
  await vi.advanceTimersByTimeAsync(0);
  expect(texts()).toEqual(['one']);
  server.asked[0]?.answer(result(3));
  await vi.advanceTimersByTimeAsync(0);
  expect(evidence).toMatchObject({ result: { different: 3 }, running: false, stale: false });
  evidence.about(asks('two'));
  evidence.about(asks('three'));
  // What is shown is from before, and says so.
  expect(evidence).toMatchObject({ result: { different: 3 }, running: true, stale: true });
  await vi.advanceTimersByTimeAsync(5000);
  expect(texts()).toEqual(['one', 'three']);
});

it('throws away an answer that was overtaken', async () => {
  const evidence = new LiveEvidence();
  evidence.about(asks('one'));
  await vi.advanceTimersByTimeAsync(0);
  evidence.about(asks('two'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked[0]?.signal.aborted).toBe(true);
  server.asked[1]?.answer(result(2));
  server.asked[0]?.answer(result(1));
  await vi.advanceTimersByTimeAsync(0);
  expect(evidence.result?.different).toBe(2);
});

it('asks nothing twice that is the same', async () => {
  const evidence = new LiveEvidence();
  const question = asks('one');
  evidence.about(question);
  evidence.about({ ...question });
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked).toHaveLength(1);
});

it('sends nothing that does not compile, and keeps what it has', async () => {
  const evidence = new LiveEvidence();
  evidence.about(asks('one'));
  await vi.advanceTimersByTimeAsync(0);
  server.asked[0]?.answer(result(3));
  await vi.advanceTimersByTimeAsync(0);
  evidence.about(asks('two', { compiles: false }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked).toHaveLength(1);
  expect(evidence).toMatchObject({ blocked: true, running: false, stale: true, result: { different: 3 } });
});

it('takes a refusal to compile as one, and every other as a problem', async () => {
  const evidence = new LiveEvidence();
  const refuse = (slug: string) => new Problem({ type: `/problems/${slug}`, title: '', status: 422, detail: '' });
  evidence.about(asks('one'));
  await vi.advanceTimersByTimeAsync(0);
  server.asked[0]?.refuse(refuse('policy-rejected'));
  await vi.advanceTimersByTimeAsync(0);
  expect(evidence).toMatchObject({ blocked: true, problem: null, running: false });
  evidence.about(asks('two'));
  await vi.advanceTimersByTimeAsync(5000);
  server.asked[1]?.refuse(refuse('internal'));
  await vi.advanceTimersByTimeAsync(0);
  expect(evidence).toMatchObject({ blocked: false, problem: { slug: 'internal' }, running: false });
});

it('has nothing to compare for what is live, but looks at a pinned case', async () => {
  const evidence = new LiveEvidence();
  evidence.about(asks('one', { isLive: true }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked).toHaveLength(0);
  evidence.about(asks('one', { isLive: true, caseId: 'c', now: '2026-05-13T11:00:00Z' }));
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked[0]?.body).toMatchObject({ case_id: 'c', now: '2026-05-13T11:00:00Z' });
});
