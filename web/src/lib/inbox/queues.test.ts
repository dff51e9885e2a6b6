import { describe, expect, it } from 'vitest';
import { address, countOf, question, queues, readFilter } from './queues';

const read = (query: string) => readFilter(new URLSearchParams(query));

describe('the address bar', () => {
  it.each(['', '?queue=ours', '?queue=held&q=two+words&sort=newest', '?label=legal&team=Payments'])('%s survives reading and writing', (query) => {
    expect(address(read(query))).toBe(query);
  });

  it('takes nothing it does not know', () => {
    expect(read('?queue=secret&sort=loudest')).toMatchObject({ queue: 'open', sort: 'due' });
  });
});

describe('what the server is asked', () => {
  it.each([
    ['open', { status: 'open' }],
    ['ours', { status: 'open', turn: 'company' }],
    ['theirs', { status: 'open', turn: 'consumer' }],
    ['overdue', { status: 'open', overdue: true }],
    ['held', { status: 'open', held: true }],
    ['approval', { status: 'open', awaits_approval: true }],
    ['contested', { status: undefined, contested: true }],
    ['mine', { status: 'open', assignee: 'me' }],
    ['nobody', { status: 'open', assignee: 'none' }],
    ['closed', { status: 'closed', sort: 'newest' }]
  ])('%s', (queue, asked) => {
    expect(question(read(`?queue=${queue}`))).toMatchObject(asked);
  });
});

it('only queues that are counted have a number', () => {
  const counts = { open: 1, ours: 2, theirs: 3, held: 4, mine: 5, overdue: 6, awaits_approval: 7, contested: 8 };
  expect(queues.map((queue) => countOf(queue, counts))).toEqual([1, 2, 3, 6, 4, 7, 8, 5, undefined, undefined]);
  expect(countOf('ours', null)).toBeUndefined();
});
