import type { Word } from '$lib/api/types';
import { describe, expect, it } from 'vitest';
import { kindOf, objects, wantedIn } from './wanted';

const word = (name: string, on: string | null, gives: string): Word => ({ name, on, gives, place: 'anywhere', help: '' });
const vocabulary = [word('text', 'the event', 'text'), word('has_link', 'text', 'yes or no'), word('labels', 'the case', 'a set of names'), word('label', null, 'nothing')];
const wanted = (before: string, file = 'a.rhai') => wantedIn(file, before, vocabulary);

describe('inside of quotes, a name of the kind that the place takes', () => {
  it.each([
    ['when event.text.mentions(words("', ['words']],
    ['then { assign_team("ca', ['team']],
    ['rule "x" because "y" under "', ['article']],
    ['when event.is_breach_of("', ['article']],
    ['when case.labels.contains("le', ['label']],
    ['when charter.running.contains("', ['article']],
    ['notify(role("', ['role']]
  ])('%s', (before, kinds) => {
    const found = wanted(before);
    expect(found).toMatchObject({ what: 'name', kinds });
    // From behind the quotes, so that what is typed is replaced.
    expect(found && before[found.from - 1]).toBe('"');
  });

  it('and nothing where any text may stand', () => {
    expect(wanted('rule "')).toBeNull();
    expect(wanted('ask("')).toBeNull();
  });
});

it('after a dot, the fields of what stands before it', () => {
  expect(wanted('when event.')).toEqual({ what: 'field', on: 'the event', from: 11 });
  expect(wanted('when event.text.has')).toEqual({ what: 'field', on: 'text', from: 16 });
  expect(wanted('when nobody.')).toBeNull();
  expect(kindOf('event.text', vocabulary)).toBe('text');
  expect(kindOf('event.nothing', vocabulary)).toBeNull();
});

it.each([
  ['', 'outside'],
  ['rule "a" because "b" under "c"\nwhen ', 'condition'],
  ['rule "a" because "when then" under "c"\nwhen event.is_public\nthen { ', 'rule'],
  ['guard "a" because "b"\nwhen reply.is_public\nthen { ', 'guard'],
  ['flow "a" because "b" steps {\n', 'flow'],
  ['rule "a" because "b"\nwhen true\nthen { label("x"); }\n// then {\n', 'outside']
])('the place is known: %j', (before, place) => {
  expect(wanted(before)).toMatchObject({ what: 'word', place });
});

it('in a comment nothing is offered', () => {
  expect(wanted('label("x"); // label("')).toBeNull();
  expect(wanted('# fired = ["', 'tests/a.toml')).toBeNull();
});

it('tests are offered the names that they expect', () => {
  expect(wanted('expect.not_fired = ["a", "', 'tests/a.toml')).toMatchObject({ kinds: ['rule'] });
  expect(wanted('expect.team = "', 'tests/a.toml')).toMatchObject({ kinds: ['team'] });
  expect(wanted('expect.obligations = [{ article = "', 'tests/a.toml')).toMatchObject({ kinds: ['article'] });
  expect(wanted('consumer = "', 'tests/a.toml')).toBeNull();
});

it('objects are what something is read from', () => {
  expect(objects(vocabulary)).toEqual(['event', 'case']);
});
