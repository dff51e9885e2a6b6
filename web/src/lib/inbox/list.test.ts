import { Problem } from '$lib/api/problem';
import type { CaseRow } from '$lib/api/types';
import { beforeEach, expect, it, vi } from 'vitest';
import { CaseList } from './list.svelte';
import { readFilter } from './queues';

type Request = { params: { query: { limit: number; cursor?: string } } };

/** Cases by their ids, in order; answers are held back while there is something to wait for. */
const server = vi.hoisted(() => ({ ids: [] as number[], wait: null as Promise<void> | null, fails: false, asked: [] as number[] }));

vi.mock('$lib/api/client', () => ({
  ask: (answer: Promise<unknown>) => answer,
  api: {
    async GET(_: string, { params: { query } }: Request) {
      server.asked.push(query.limit);
      await server.wait;
      if (server.fails) throw new Problem({ type: '/problems/internal', title: '', status: 500, detail: '' });
      const after = server.ids.filter((id) => id > Number(query.cursor ?? -1));
      const items = after.slice(0, query.limit).map((id) => ({ id: String(id) }) as CaseRow);
      return { items, next_cursor: after.length > items.length ? items.at(-1)?.id : null, counts: null };
    }
  }
}));

const open = readFilter(new URLSearchParams());
const shown = (list: CaseList) => list.rows.map((row) => Number(row.id));
const upTo = (n: number) => Array.from({ length: n }, (_, id) => id);

function held() {
  let go = () => {};
  server.wait = new Promise((resolve) => (go = resolve));
  return () => ((server.wait = null), go());
}

async function listOf(rows: number) {
  const list = new CaseList();
  await list.show(open);
  while (list.next && list.rows.length < rows) await list.more();
  server.asked = [];
  return list;
}

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(server, { ids: upTo(1500), wait: null, fails: false, asked: [] });
});

it('a list that cannot be loaded does not show the one before', async () => {
  const list = await listOf(50);
  server.fails = true;
  await list.show({ ...open, queue: 'ours' });
  expect(list).toMatchObject({ rows: [], next: null, state: 'failed' });
});

it('a refresh keeps the length that is shown, page after page', async () => {
  const list = await listOf(450);
  server.ids = server.ids.filter((id) => id !== 7);
  await list.refresh();
  expect(server.asked).toEqual([200, 200, 50]);
  expect(shown(list)).toEqual(upTo(451).filter((id) => id !== 7));
});

it('rows beyond what one refresh asks for stay', async () => {
  const list = await listOf(1200);
  server.ids = server.ids.filter((id) => id !== 7);
  await list.refresh();
  expect(shown(list)).toEqual(upTo(1200).filter((id) => id !== 7));
  await list.more();
  expect(shown(list)).toEqual(upTo(1250).filter((id) => id !== 7));
});

it.each(['refresh first', 'more first'])('a refresh does not undo “show more”: %s', async (order) => {
  const list = await listOf(50);
  const go = held();
  const both = order === 'refresh first' ? [list.refresh(), list.more()] : [list.more(), list.refresh()];
  go();
  await Promise.all(both);
  await vi.runAllTimersAsync();
  expect(shown(list)).toEqual(upTo(100));
  await list.more();
  expect(shown(list)).toEqual(upTo(150));
});

it('steady change does not keep a refresh from ending', async () => {
  const list = await listOf(50);
  const go = held();
  list.refreshSoon();
  await vi.advanceTimersByTimeAsync(300);
  list.refreshSoon();
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.asked).toHaveLength(1);
  go();
  await vi.runAllTimersAsync();
  expect(server.asked).toHaveLength(2);
});
