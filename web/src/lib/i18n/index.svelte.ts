// The words on the page. `t()` gives the catalogue of the current language; reading it in a component makes the component
// follow a switch of the language. A missing translation is a type error, because German must have the shape of English.
import type { Language } from '$lib/time/words';
import { de } from './de';
import { en } from './en';

export type Catalogue = typeof en;

const catalogues: Record<Language, Catalogue> = { en, de };

class Current {
  language: Language = $state(typeof document !== 'undefined' && document.documentElement.lang === 'de' ? 'de' : 'en');

  choose(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    try {
      localStorage.setItem('comity-language', language);
    } catch {
      // Without storage the choice holds until the page is left.
    }
  }
}

export const current = new Current();

export function t(): Catalogue {
  return catalogues[current.language];
}

export function language(): Language {
  return current.language;
}

/** A number as the language writes it. */
export function count(value: number): string {
  return new Intl.NumberFormat(current.language === 'de' ? 'de-DE' : 'en-GB').format(value);
}
