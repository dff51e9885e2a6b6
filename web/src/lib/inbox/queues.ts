// The queues of the inbox: each is a filter of the case list. What the address bar says is the whole state of the list.
import type { CaseCounts } from '$lib/api/types';

export const queues = ['open', 'ours', 'theirs', 'overdue', 'held', 'approval', 'contested', 'mine', 'nobody', 'closed'] as const;
export type Queue = (typeof queues)[number];

export type Filter = { queue: Queue; q: string; label: string; team: string; sort: 'due' | 'newest' };

export function readFilter(params: URLSearchParams): Filter {
  const queue = params.get('queue') as Queue | null;
  return {
    queue: queue && queues.includes(queue) ? queue : 'open',
    q: params.get('q') ?? '',
    label: params.get('label') ?? '',
    team: params.get('team') ?? '',
    sort: params.get('sort') === 'newest' ? 'newest' : 'due'
  };
}

/** The query string for a filter; what is usual is left out, so that addresses stay short. */
export function address(filter: Partial<Filter>): string {
  const params = new URLSearchParams();
  if (filter.queue && filter.queue !== 'open') params.set('queue', filter.queue);
  if (filter.q) params.set('q', filter.q);
  if (filter.label) params.set('label', filter.label);
  if (filter.team) params.set('team', filter.team);
  if (filter.sort === 'newest') params.set('sort', 'newest');
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** What the server is asked for. */
export function question(filter: Filter) {
  return {
    status: filter.queue === 'closed' ? ('closed' as const) : filter.queue === 'contested' ? undefined : ('open' as const),
    turn: filter.queue === 'ours' ? ('company' as const) : filter.queue === 'theirs' ? ('consumer' as const) : undefined,
    assignee: filter.queue === 'mine' ? 'me' : filter.queue === 'nobody' ? 'none' : undefined,
    held: filter.queue === 'held' ? true : undefined,
    awaits_approval: filter.queue === 'approval' ? true : undefined,
    contested: filter.queue === 'contested' ? true : undefined,
    overdue: filter.queue === 'overdue' ? true : undefined,
    q: filter.q || undefined,
    label: filter.label || undefined,
    team: filter.team || undefined,
    sort: filter.queue === 'closed' ? ('newest' as const) : filter.sort
  };
}

export function countOf(queue: Queue, counts: CaseCounts | null): number | undefined {
  if (!counts || queue === 'nobody' || queue === 'closed') return undefined;
  return queue === 'approval' ? counts.awaits_approval : counts[queue];
}
