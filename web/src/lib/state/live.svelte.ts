// The stream of changes and what it says about the connection. Pages listen to what concerns them; after a break they are
// told to load everything again, because what happened meanwhile is not sent twice.
import { api, ask } from '$lib/api/client';

type Change = { id: string; number?: number; version?: number; status?: string };
type Listeners = { case: (change: Change) => void; connection: (change: Change) => void; policy: () => void; backtest: (change: Change) => void; flows: () => void; resync: () => void };

const RETRY = 4000;
/** Streams end and begin again by themselves; a break that is shorter is not worth a word. */
const GRACE = 6000;

class Live {
  state: 'connecting' | 'live' | 'offline' = $state('connecting');
  /** Since when nothing came any more. */
  since: Date | null = $state(null);

  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #missed = false;
  #listeners: { [K in keyof Listeners]: Set<Listeners[K]> } = { case: new Set(), connection: new Set(), policy: new Set(), backtest: new Set(), flows: new Set(), resync: new Set() };

  on<K extends keyof Listeners>(name: K, listener: Listeners[K]): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  start(): () => void {
    this.#open();
    const again = () => this.retry();
    const gone = () => this.#lost(0);
    window.addEventListener('online', again);
    window.addEventListener('offline', gone);
    return () => {
      window.removeEventListener('online', again);
      window.removeEventListener('offline', gone);
      clearTimeout(this.#timer);
      clearTimeout(this.#grace);
      this.#source?.close();
      this.#source = null;
      this.state = 'connecting';
    };
  }

  /** Tries at once instead of at the next turn. */
  retry(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#open();
  }

  #open(): void {
    const source = new EventSource('/api/v1/changes');
    this.#source = source;
    source.addEventListener('open', () => this.#arrived());
    source.addEventListener('hello', () => this.#arrived());
    source.addEventListener('case', (event) => this.#listeners.case.forEach((tell) => tell(JSON.parse(event.data))));
    source.addEventListener('connection', (event) => this.#listeners.connection.forEach((tell) => tell(JSON.parse(event.data))));
    source.addEventListener('policy', () => this.#listeners.policy.forEach((tell) => tell()));
    source.addEventListener('backtest', (event) => this.#listeners.backtest.forEach((tell) => tell(JSON.parse(event.data))));
    source.addEventListener('flows', () => this.#listeners.flows.forEach((tell) => tell()));
    source.addEventListener('resync', () => this.#listeners.resync.forEach((tell) => tell()));
    source.addEventListener('error', () => {
      this.#lost();
      // The browser tries again by itself unless the answer was a refusal.
      if (source.readyState === EventSource.CLOSED && this.#source === source) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.retry(), RETRY);
        // A refusal can mean that the session ended; asking for it leads to the sign-in page then.
        void ask(api.GET('/api/v1/session')).catch(() => {});
      }
    });
  }

  #arrived(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.state = 'live';
    this.since = null;
    if (this.#missed) {
      this.#missed = false;
      this.#listeners.resync.forEach((tell) => tell());
    }
  }

  #lost(grace = GRACE): void {
    this.#missed = true;
    if (this.state === 'offline' || (this.#grace && grace > 0)) return;
    clearTimeout(this.#grace);
    const since = new Date();
    this.#grace = setTimeout(() => {
      this.#grace = undefined;
      this.state = 'offline';
      this.since = since;
    }, grace);
  }
}

export const live = new Live();
