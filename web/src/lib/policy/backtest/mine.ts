// Which backtest was run on which text of the draft: the server keeps the result, this tab what it was asked about, so
// that a result is not taken for that of a draft that has changed since.
import type { Files } from '$lib/api/types';
import { keepTab, readTab } from '$lib/state/tab';

const NAME = 'comity-policy-backtest';

type Mine = { id: string; digest: string };

/** A short mark of what is in the files: 53 bits, to tell drafts apart and nothing else. */
export function digest(files: Files): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (const character of JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
}

export function rememberBacktest(id: string, files: Files): void {
  keepTab(NAME, { id, digest: digest(files) } satisfies Mine);
}

/** The backtest of exactly these files, when this tab started one. */
export function backtestOf(files: Files): string | null {
  const mine = readTab(NAME) as Mine | null;
  return mine && mine.digest === digest(files) ? mine.id : null;
}
