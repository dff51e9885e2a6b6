import type { Diagnostic } from '$lib/api/types';
import { describe, expect, it } from 'vitest';
import { fixOf, place } from './fixes';

function fixed(line: string, at: string, more: Partial<Diagnostic>): string | null {
  const column = [...line.slice(0, line.indexOf(at))].length + 1;
  const fix = fixOf({ file: 'a.rhai', line: 3, column, severity: 'error', code: 'unknown-field', message: '', ...more }, line);
  return fix && line.slice(0, fix.from) + fix.insert + line.slice(fix.to);
}

describe('what the checker suggests takes the place of the word', () => {
  it.each([
    ['when event.text.is_shoutin', 'is_shoutin', 'Did you mean is_shouting?', 'when event.text.is_shouting'],
    ['then { assign_team("lgal"); }', '"lgal"', 'Did you mean legal?', 'then { assign_team("legal"); }'],
    ['when "ä😀" == event.txet && a', 'txet', 'Did you mean text?', 'when "ä😀" == event.text && a']
  ])('%s', (line, at, help, after) => expect(fixed(line, at, { help })).toBe(after));

  it('and nothing is done where nothing is suggested, or the word is gone', () => {
    expect(fixed('when event.x', 'x', { help: 'There is: kind, text.' })).toBeNull();
    expect(fixed('when event.', '.', { help: 'Did you mean text?' })).toBeNull();
  });
});

describe('a term that decides by reach is taken out with one && beside it', () => {
  const term = (line: string) => fixed(line, 'followers', { code: 'reach', help: 'Everyone is owed the same.' });
  it.each([
    ['when event.is_public && author.followers > 10_000', 'when event.is_public'],
    ['when author.followers > 10 && event.is_public', 'when event.is_public'],
    ['when a("x && y") && author.followers > 10 && (b && c)', 'when a("x && y") && (b && c)'],
    ['    && author.followers > 10', '']
  ])('%s', (line, after) => expect(term(line)).toBe(after));

  it('but not where it is the whole condition', () => expect(term('when author.followers > 10')).toBeNull());
});

it('columns are counted in characters', () => expect(place('a😀b', 2)).toBe(3));
