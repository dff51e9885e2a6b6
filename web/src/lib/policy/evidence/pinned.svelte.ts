// Which case is pinned and where its clock stands; kept in this tab, so that it is still pinned after looking elsewhere.
import { keepTab, readTab } from '$lib/state/tab';

const NAME = 'comity-policy-pinned';

export class PinnedCase {
  id: string | null = $state(null);
  /** The moment it is looked at as of, as the API writes it; nothing is the present. */
  now: string | null = $state(null);

  constructor() {
    const kept = readTab(NAME) as { id?: string } | null;
    this.id = kept?.id ?? null;
  }

  pin(id: string | null): void {
    this.id = id;
    this.now = null;
    keepTab(NAME, id ? { id } : null);
  }

  move(at: number | null): void {
    this.now = at === null ? null : new Date(at).toISOString();
  }
}
