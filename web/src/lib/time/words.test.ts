import { describe, expect, it } from 'vitest';
import { ago, remaining, shortSpan, span, stamp, took, used, when } from './words';

const now = new Date(2026, 4, 13, 11, 3);
const later = (minutes: number, seconds = 0) => new Date(now.getTime() + minutes * 60_000 + seconds * 1000);

describe('span', () => {
  it.each([
    [42_000, '42 s', '42 Sek.'],
    [7 * 60_000 + 42_000, '7 min 42 s', '7 Min. 42 Sek.'],
    [26 * 60_000 + 12_000, '26 min', '26 Min.'],
    [(3 * 60 + 52) * 60_000, '3 h 52 min', '3 Std. 52 Min.'],
    [4 * 60 * 60_000, '4 h', '4 Std.'],
    [(32 * 60 + 5) * 60_000, '1 d 8 h', '1 T 8 Std.'],
    [0, '0 s', '0 Sek.']
  ])('%d ms', (milliseconds, english, german) => {
    expect(span(milliseconds, 'en')).toBe(english);
    expect(span(milliseconds, 'de')).toBe(german);
  });

  it('is short in rows', () => {
    expect(shortSpan((3 * 60 + 52) * 60_000, 'en')).toBe('3 h 52');
    expect(shortSpan(9 * 60_000 + 59_000, 'en')).toBe('9 min');
    expect(shortSpan(-5 * 60_000, 'en')).toBe('5 min');
    expect(shortSpan(32 * 60 * 60_000, 'en')).toBe('1 d');
    expect(shortSpan(2 * 60 * 60_000, 'en')).toBe('2 h');
  });
});

describe('what is left comes first', () => {
  it('before and after it is due', () => {
    expect(remaining(later(232), now, 'en')).toBe('3 h 52 min left');
    expect(remaining(later(-5), now, 'en')).toBe('5 min late');
    expect(remaining(later(232), now, 'de')).toBe('noch 3 Std. 52 Min.');
    expect(remaining(later(-5), now, 'de')).toBe('5 Min. zu spät');
  });
});

describe('when', () => {
  it('names days that are near', () => {
    expect(when(later(232), now, 'en')).toBe('today 14:55');
    expect(when(new Date(2026, 4, 14, 0, 5), now, 'en')).toBe('tomorrow 00:05');
    expect(when(new Date(2026, 4, 12, 23, 59), now, 'en')).toBe('yesterday 23:59');
    expect(when(later(232), now, 'de')).toBe('heute 14:55');
  });

  it('names the date of others, and the year only when it is another one', () => {
    expect(when(new Date(2026, 4, 15, 10, 20), now, 'en')).toBe('Fri 15 May, 10:20');
    expect(when(new Date(2025, 4, 15, 10, 20), now, 'en')).toBe('Thu 15 May 2025, 10:20');
  });
});

describe('stamp', () => {
  it('is as short as can be', () => {
    expect(stamp(new Date(2026, 4, 13, 10, 55), now, 'en')).toBe('10:55');
    expect(stamp(new Date(2026, 4, 11, 15, 57), now, 'en')).toBe('Mon 15:57');
    expect(stamp(new Date(2026, 4, 2, 15, 57), now, 'en')).toBe('2 May');
    expect(stamp(new Date(2024, 4, 2, 15, 57), now, 'en')).toBe('2 May 2024');
  });
});

describe('past', () => {
  it('has no false precision', () => {
    expect(ago(later(0, -3), now, 'en')).toBe('just now');
    expect(ago(later(0, -42), now, 'en')).toBe('42 s ago');
    expect(ago(later(-7, -42), now, 'en')).toBe('7 min ago');
    expect(ago(later(-125), now, 'de')).toBe('vor 2 Std. 5 Min.');
    expect(took(later(-26), now, 'en')).toBe('in 26 min');
  });
});

describe('used', () => {
  it('stays between nothing and all', () => {
    expect(used(later(-60), later(60), now)).toBe(0.5);
    expect(used(later(-60), later(-1), now)).toBe(1);
    expect(used(later(1), later(60), now)).toBe(0);
    expect(used(now, now, now)).toBe(1);
  });
});
