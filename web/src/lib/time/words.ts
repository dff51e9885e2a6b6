// Times in words: what is left first, then when. Pure, so that the wording can be tested.
export type Language = 'en' | 'de';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const unitWords = {
  en: { d: 'd', h: 'h', min: 'min', s: 's' },
  de: { d: 'T', h: 'Std.', min: 'Min.', s: 'Sek.' }
} as const;

const sentences = {
  en: {
    left: (span: string) => `${span} left`,
    late: (span: string) => `${span} late`,
    ago: (span: string) => `${span} ago`,
    inside: (span: string) => `in ${span}`,
    now: 'just now',
    today: 'today',
    tomorrow: 'tomorrow',
    yesterday: 'yesterday'
  },
  de: {
    left: (span: string) => `noch ${span}`,
    late: (span: string) => `${span} zu spät`,
    ago: (span: string) => `vor ${span}`,
    inside: (span: string) => `in ${span}`,
    now: 'gerade eben',
    today: 'heute',
    tomorrow: 'morgen',
    yesterday: 'gestern'
  }
} as const;

/** A length of time in at most two units: `3 h 52 min`, `1 d 8 h`, `9 min 12 s`, `42 s`. */
export function span(milliseconds: number, language: Language): string {
  const words = unitWords[language];
  const whole = Math.max(0, Math.floor(Math.abs(milliseconds)));
  const parts: [number, string, number, string] =
    whole >= DAY
      ? [Math.floor(whole / DAY), words.d, Math.floor((whole % DAY) / HOUR), words.h]
      : whole >= HOUR
        ? [Math.floor(whole / HOUR), words.h, Math.floor((whole % HOUR) / MINUTE), words.min]
        : whole >= 10 * MINUTE
          ? [Math.floor(whole / MINUTE), words.min, 0, '']
          : whole >= MINUTE
            ? [Math.floor(whole / MINUTE), words.min, Math.floor((whole % MINUTE) / SECOND), words.s]
            : [Math.floor(whole / SECOND), words.s, 0, ''];
  const [first, firstUnit, second, secondUnit] = parts;
  return second > 0 ? `${first} ${firstUnit} ${second} ${secondUnit}` : `${first} ${firstUnit}`;
}

/** In one unit or two short ones, for rows: `3 h 52`, `9 min`, `1 d`. */
export function shortSpan(milliseconds: number, language: Language): string {
  const words = unitWords[language];
  const whole = Math.abs(milliseconds);
  if (whole >= DAY) return `${Math.floor(whole / DAY)} ${words.d}`;
  if (whole >= HOUR) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return minutes ? `${Math.floor(whole / HOUR)} ${words.h} ${minutes}` : `${Math.floor(whole / HOUR)} ${words.h}`;
  }
  if (whole >= MINUTE) return `${Math.floor(whole / MINUTE)} ${words.min}`;
  return `${Math.floor(whole / SECOND)} ${words.s}`;
}

/** What is left until a moment, or by how much it is past: `3 h 52 min left`, `5 min late`. */
export function remaining(due: Date, now: Date, language: Language): string {
  const rest = due.getTime() - now.getTime();
  return rest >= 0 ? sentences[language].left(span(rest, language)) : sentences[language].late(span(rest, language));
}

/** How long ago, without false precision: `just now`, `12 min ago`, `2 h 5 min ago`. */
export function ago(then: Date, now: Date, language: Language): string {
  const past = now.getTime() - then.getTime();
  if (past < 5 * SECOND) return sentences[language].now;
  return sentences[language].ago(past < MINUTE ? span(past, language) : span(past - (past % MINUTE), language));
}

/** How long something took: `in 26 min`. */
export function took(from: Date, to: Date, language: Language): string {
  return sentences[language].inside(span(to.getTime() - from.getTime(), language));
}

function clock(date: Date, language: Language): string {
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A moment as people say it: `today 14:55`, `tomorrow 09:00`, `Thu 15 May, 10:20`. */
export function when(date: Date, now: Date, language: Language): string {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / DAY);
  const words = sentences[language];
  if (days === 0) return `${words.today} ${clock(date, language)}`;
  if (days === 1) return `${words.tomorrow} ${clock(date, language)}`;
  if (days === -1) return `${words.yesterday} ${clock(date, language)}`;
  const year = date.getFullYear() === now.getFullYear() ? undefined : ('numeric' as const);
  const day = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { weekday: 'short', day: 'numeric', month: 'short', year }).format(date).replace(',', '');
  return `${day}, ${clock(date, language)}`;
}

/** The shortest that still says when, for lists: `10:55`, `Mon 15:57`, `6 May`. */
export function stamp(date: Date, now: Date, language: Language): string {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY);
  if (days === 0) return clock(date, language);
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  if (days > 0 && days < 7) return `${new Intl.DateTimeFormat(locale, { weekday: 'short' }).format(date)} ${clock(date, language)}`;
  const year = date.getFullYear() === now.getFullYear() ? undefined : ('numeric' as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year }).format(date);
}

/** The share of a clock that has run, from 0 to 1. */
export function used(start: Date, due: Date, now: Date): number {
  const whole = due.getTime() - start.getTime();
  if (whole <= 0) return 1;
  return Math.min(1, Math.max(0, (now.getTime() - start.getTime()) / whole));
}
