// Which stored events a backtest looks at. Pure; days are those of the person who asks.
import type { Range } from './backtests.svelte';

export type Choice = 'month' | 'quarter' | 'all' | 'own';

const DAY = 24 * 60 * 60_000;
const LENGTH = { month: 30, quarter: 90 } as const;

/** From the start of the first day to the end of the last; what is left open is not bounded. */
export function rangeOf(choice: Choice, from: string, until: string, now: Date): Range {
  if (choice === 'all') return {};
  if (choice !== 'own') return { from: new Date(now.getTime() - LENGTH[choice] * DAY).toISOString() };
  const first = day(from);
  const last = day(until);
  return { from: first?.toISOString(), until: last && new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1).toISOString() };
}

function day(text: string): Date | undefined {
  const parts = text.match(/^(\d{4})-(\d\d)-(\d\d)$/);
  return parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : undefined;
}

export function share(done: number, total: number): number {
  return total > 0 ? Math.floor((100 * Math.min(done, total)) / total) : 0;
}
