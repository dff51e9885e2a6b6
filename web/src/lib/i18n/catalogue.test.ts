import { describe, expect, it } from 'vitest';
import { de } from './de';
import { en } from './en';

/** Every text with its path; functions are called with marks, to see that they use what they are given. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const given = Array.from({ length: value.length }, (_, index) => index + 2);
    return [[path, String(value(...given))]];
  }
  return Object.entries(value as object).flatMap(([name, inner]) => texts(inner, `${path}.${name}`));
}

describe.each([
  ['English', en],
  ['German', de]
])('%s', (_, catalogue) => {
  it('has no empty text and no exclamation mark', () => {
    for (const [path, text] of texts(catalogue)) {
      expect(text, path).not.toBe('');
      expect(text, path).not.toMatch(/!|undefined/);
    }
  });
});

it('both languages have the same texts', () => {
  expect(texts(de).map(([path]) => path)).toEqual(texts(en).map(([path]) => path));
});
