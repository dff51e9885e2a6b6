// Whose turn it was, from the posts: whoever spoke last waits for the other. Pure.
import type { Party, PostView } from '$lib/api/types';

export type Turn = { party: Party; from: Date; to: Date };

export function turns(posts: Pick<PostView, 'party' | 'at'>[], until: Date): Turn[] {
  const inOrder = [...posts].sort((a, b) => a.at.localeCompare(b.at));
  const result: Turn[] = [];
  inOrder.forEach((post, index) => {
    const party: Party = post.party === 'consumer' ? 'company' : 'consumer';
    const from = new Date(post.at);
    const next = inOrder[index + 1];
    const to = next ? new Date(next.at) : until;
    if (to <= from) return;
    const last = result.at(-1);
    if (last?.party === party) last.to = to;
    else result.push({ party, from, to });
  });
  return result;
}
