// The present, as something that components can read. Each pace has one timer for the whole page; it runs only while
// something on the page reads it, and stops while the page is hidden.
import { createSubscriber } from 'svelte/reactivity';

class Present {
  #at = Date.now();
  #subscribe: () => void;

  constructor(pace: number) {
    this.#subscribe = createSubscriber((update) => {
      const tick = () => {
        if (document.hidden) return;
        this.#at = Date.now();
        update();
      };
      tick();
      const timer = setInterval(tick, pace);
      document.addEventListener('visibilitychange', tick);
      return () => {
        clearInterval(timer);
        document.removeEventListener('visibilitychange', tick);
      };
    });
  }

  get now(): Date {
    this.#subscribe();
    return new Date(this.#at);
  }
}

/** For clocks whose seconds are shown. */
export const everySecond = new Present(1000);
/** For everything else: rows, ages, gauges. */
export const everyHalfMinute = new Present(30_000);
