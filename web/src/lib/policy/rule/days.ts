// The days of a rule as columns: every day of the span, also those on which nothing happened. Pure.
import type { RuleDay } from '$lib/api/types';

export type Column = RuleDay & { x: number; width: number; parts: { what: 'fired' | 'unknown' | 'dropped'; y: number; height: number }[] };
const WHAT = ['fired', 'unknown', 'dropped'] as const;
const DAY = 24 * 60 * 60_000;

/** All days up to the last one given or today, oldest first. Days are dates without a time. */
export function everyDay(days: RuleDay[], span: number, today: string): RuleDay[] {
  const known = new Map(days.map((one) => [one.day.slice(0, 10), one]));
  const last = [today, ...known.keys()].sort().at(-1) ?? today;
  return Array.from({ length: span }, (_, index) => {
    const day = new Date(Date.parse(`${last}T00:00:00Z`) - (span - 1 - index) * DAY).toISOString().slice(0, 10);
    return known.get(day) ?? { day, fired: 0, unknown: 0, dropped: 0 };
  });
}

/** The highest value of the axis: a round number that nothing passes. */
export function ceiling(days: RuleDay[]): number {
  const most = Math.max(1, ...days.map((one) => one.fired + one.unknown + one.dropped));
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

export function columns(days: RuleDay[], width: number, height: number): Column[] {
  const top = ceiling(days);
  const each = width / Math.max(1, days.length);
  return days.map((day, index) => {
    let y = height;
    const parts = WHAT.flatMap((what) => {
      const high = (day[what] / top) * height;
      y -= high;
      return high > 0 ? [{ what, y, height: high }] : [];
    });
    return { ...day, x: index * each + each * 0.15, width: each * 0.7, parts };
  });
}

export function total(days: RuleDay[]): { fired: number; unknown: number; dropped: number } {
  return { fired: sum(days, 'fired'), unknown: sum(days, 'unknown'), dropped: sum(days, 'dropped') };
}

function sum(days: RuleDay[], what: (typeof WHAT)[number]): number {
  return days.reduce((all, one) => all + one[what], 0);
}
