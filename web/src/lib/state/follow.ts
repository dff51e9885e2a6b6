// Does something now and after every change of some kinds; many changes at once are one.
import { live } from './live.svelte';

/** Until the returned function is called. */
export function afterEach(kinds: ('case' | 'flows' | 'resync')[], settle: number, count: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void count();
    }, settle);
  };
  void count();
  const stops = kinds.map((kind) => live.on(kind, soon));
  return () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
  };
}
