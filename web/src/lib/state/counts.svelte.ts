// How many cases are in each queue, whatever page shows it; the inbox brings it up to date with every list it loads.
import { api, ask } from '$lib/api/client';
import type { CaseCounts } from '$lib/api/types';
import { afterEach } from './follow';

const SETTLE = 2000;

class Counts {
  current: CaseCounts | null = $state(null);
  /** The inbox is open and counts by itself. */
  byInbox = false;
}

export const inboxCounts = new Counts();

async function count(): Promise<void> {
  if (inboxCounts.byInbox) return;
  const answer = await ask(api.GET('/api/v1/cases', { params: { query: { limit: 1 } } })).catch(() => null);
  if (answer) inboxCounts.current = answer.counts;
}

/** Counts once and after every change, until the returned function is called. */
export const countCases = (): (() => void) => afterEach(['case', 'resync'], SETTLE, count);
