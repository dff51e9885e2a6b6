// How many cases are in each queue, whatever page shows it; the inbox brings it up to date with every list it loads.
import type { CaseCounts } from '$lib/api/types';

class Counts {
  current: CaseCounts | null = $state(null);
}

export const inboxCounts = new Counts();
