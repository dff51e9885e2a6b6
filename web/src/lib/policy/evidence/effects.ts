// What decisions would do more and less of, in words and in bars. Pure.
import type { CaseDiff, EffectDiff } from '$lib/api/types';

type Effects = CaseDiff['before'];

/** Counts with a proper minus, so that it is as wide as the plus. */
export function signed({ more, fewer }: Pick<EffectDiff, 'more' | 'fewer'>): string {
  if (more && fewer) return `+${more} −${fewer}`;
  return more ? `+${more}` : fewer ? `−${fewer}` : '0';
}

export function effectName(effect: string, words: Record<string, string>): string {
  return words[effect] ?? effect.replaceAll('_', ' ');
}

/** `+14 escalate, −3 reply`: what changed most comes first. */
export function inShort(effects: EffectDiff[], words: Record<string, string>): string {
  return byWeight(effects)
    .filter(({ more, fewer }) => more + fewer > 0)
    .map((one) => `${signed(one)} ${effectName(one.effect, words)}`)
    .join(', ');
}

export function byWeight(effects: EffectDiff[]): EffectDiff[] {
  return [...effects].sort((a, b) => b.more + b.fewer - a.more - a.fewer || a.effect.localeCompare(b.effect));
}

/** Where the bars begin and how long one is, in percent, so that the longest to each side fits. */
export function scale(effects: EffectDiff[]): { axis: number; unit: number } {
  const more = Math.max(0, ...effects.map((one) => one.more));
  const fewer = Math.max(0, ...effects.map((one) => one.fewer));
  if (more + fewer === 0) return { axis: 30, unit: 0 };
  // Neither side is so short that a bar of one could not be seen.
  const axis = Math.min(80, Math.max(20, (100 * fewer) / (more + fewer)));
  return { axis, unit: Math.min(more ? (100 - axis) / more : Infinity, fewer ? axis / fewer : Infinity) };
}

/** What one decision would no longer do, and what it would do instead. What stays is left out. */
export function difference(before: Effects, after: Effects): { gone: Effects; came: Effects } {
  const beyond = (of: Effects, other: Effects) => of.filter((one) => !other.some(({ effect, text }) => effect === one.effect && text === one.text));
  return { gone: beyond(before, after), came: beyond(after, before) };
}
