// How many escalations wait for whoever is signed in, whatever page shows it. The browser tells them when there are more, if
// it was allowed to.
import { api, ask } from '$lib/api/client';
import { t } from '$lib/i18n/index.svelte';
import { afterEach } from './follow';

const SETTLE = 500;

class Escalations {
  /** Not known yet before the first answer. */
  waiting: number | null = $state(null);
}

export const escalations = new Escalations();

function tell(): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted' || !document.hidden) return;
  const words = t().escalations;
  new Notification(words.told, { body: words.toldText(escalations.waiting ?? 0), tag: 'comity-escalations' });
}

async function count(): Promise<void> {
  const query = { mine: true, state: 'waiting', limit: 1 } as const;
  const answer = await ask(api.GET('/api/v1/escalations', { params: { query } })).catch(() => null);
  if (!answer) return;
  const more = escalations.waiting !== null && answer.waiting_for_me > escalations.waiting;
  escalations.waiting = answer.waiting_for_me;
  if (more) tell();
}

/** Counts once and after every change, until the returned function is called. */
export const countEscalations = (): (() => void) => afterEach(['flows', 'resync'], SETTLE, count);
