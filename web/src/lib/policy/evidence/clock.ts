// The clock of the pinned case: from when it began to thirty days from now. Pure; moments are milliseconds.
import type { Moment } from '$lib/api/types';

const QUARTER = 15 * 60_000;
export const DAY = 24 * 60 * 60_000;
export const AHEAD = 30 * DAY;

export type Range = { start: number; end: number; step: number };

/** From the first thing that happened, on whole quarters, so that the steps meet the present's day and hour. */
export function rangeOf(timeline: Moment[], present: number): Range {
  const first = Math.min(present - DAY, ...timeline.map((one) => Date.parse(one.at)));
  return { start: Math.floor(first / QUARTER) * QUARTER, end: Math.ceil((present + AHEAD) / QUARTER) * QUARTER, step: QUARTER };
}

/** The moment on the timeline that comes next, or came last; nothing where there is none. */
export function nextMoment(timeline: Moment[], now: number): number | null {
  return timeline.map((one) => Date.parse(one.at)).filter((at) => at > now).sort((a, b) => a - b)[0] ?? null;
}

export function previousMoment(timeline: Moment[], now: number): number | null {
  return timeline.map((one) => Date.parse(one.at)).filter((at) => at < now).sort((a, b) => b - a)[0] ?? null;
}

/** Ordered by time; what happened at the same time keeps its order. */
export function inOrder(timeline: Moment[]): Moment[] {
  return [...timeline].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
