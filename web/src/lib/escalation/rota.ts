// A rota as it is edited: pure, so that moving people about can be tested.
import type { Rota, RotaLayer } from '$lib/api/types';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Hours of the week that are the same on each of some days; the editor knows no others. */
export type Hours = { days: string[]; from: string; to: string };

/** Moves one of a list to another place; the others keep their order. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  if (from === to || from < 0 || to < 0 || from >= list.length || to >= list.length) return list;
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)];
}

/** `09:00:00` as a field for times has it. */
export const short = (time: string) => time.slice(0, 5);
export const whole = (time: string) => (time.length === 5 ? `${time}:00` : time);

export function newLayer(today: Date): RotaLayer {
  return { people: [], from: today.toISOString().slice(0, 10), hand_over: '09:00:00', days: 7, only: [] };
}

export function newRota(today: Date, zone: string): Rota {
  return { time_zone: zone, layers: [newLayer(today)], exceptions: [] };
}

/** The hours of a layer, unless they differ from day to day. */
export function hoursOf(layer: RotaLayer): Hours | null {
  const [first, ...more] = layer.only ?? [];
  if (!first || more.some((one) => one.from !== first.from || one.to !== first.to)) return null;
  return { days: [first, ...more].map((one) => one.day), from: short(first.from), to: short(first.to) };
}

export function withHours(layer: RotaLayer, hours: Hours | null): RotaLayer {
  const only = hours ? DAYS.filter((day) => hours.days.includes(day)).map((day) => ({ day, from: whole(hours.from), to: whole(hours.to) })) : [];
  return { ...layer, only };
}
