// A calendar as it is edited: pure, so that it can be tested.
import { DAYS } from '$lib/escalation/rota';
import type { Holiday, WeekHours } from '$lib/api/types';

/** The windows of each day, in their order within the day. */
export function byDay(open: WeekHours[]): { day: string; windows: WeekHours[] }[] {
  return DAYS.map((day) => ({ day, windows: open.filter((one) => one.day === day).sort((a, b) => a.from.localeCompare(b.from)) }));
}

export function withDay(open: WeekHours[], day: string, windows: WeekHours[]): WeekHours[] {
  return byDay(open).flatMap((one) => (one.day === day ? windows.map((window) => ({ ...window, day })) : one.windows));
}

/** The hours of one day on every day that is open at all. */
export function asOn(open: WeekHours[], day: string): WeekHours[] {
  const { windows } = byDay(open).find((one) => one.day === day) ?? { windows: [] };
  return byDay(open).flatMap((one) => (one.windows.length ? windows.map((window) => ({ ...window, day: one.day })) : []));
}

/** What a day gets first: the afternoon after a morning, or office hours. */
export function nextWindow(windows: WeekHours[], day: string): WeekHours {
  const last = windows.at(-1)?.to.slice(0, 5);
  if (!last || last >= '22:00' || last === '00:00') return { day, from: '09:00:00', to: '17:00:00' };
  const hour = (plus: number) => String(Math.min(Number(last.slice(0, 2)) + plus, 23)).padStart(2, '0');
  return { day, from: `${hour(1)}:00:00`, to: `${hour(5)}:00:00` };
}

/** In order of their dates; of two for one date the later given one counts. */
export function withDays(holidays: Holiday[], more: Holiday[]): Holiday[] {
  const days = new Map([...holidays, ...more].map((one) => [one.date, one]));
  return [...days.values()].sort((a, b) => a.date.localeCompare(b.date));
}

/** Those that are over by a day, and the others. */
export function parted(holidays: Holiday[], today: string): { past: Holiday[]; ahead: Holiday[] } {
  return { past: holidays.filter((one) => one.date < today), ahead: holidays.filter((one) => one.date >= today) };
}
