import { describe, expect, it } from 'vitest';
import { defaults, fieldOf, follow, inOrder, originOf, sentence, tidy, titleOf, type Schema } from './schema';

const root: Schema = {
  type: 'object',
  $defs: { place: { type: 'string', format: 'uri', title: 'Place' }, circle: { $ref: '#/$defs/circle' } },
  properties: {
    service: { $ref: '#/$defs/place', default: 'https://example.org' },
    seconds: { type: 'integer', default: 5 },
    mapping: { type: 'object', properties: { text: { type: 'string', default: '/text' }, author: { type: 'string' } } }
  }
};

describe('fieldOf', () => {
  it.each<[Schema, ReturnType<typeof fieldOf>]>([
    [{ type: 'string' }, { kind: 'text', input: 'text', long: false }],
    [{ type: 'string', format: 'uri' }, { kind: 'text', input: 'url', long: false }],
    [{ type: 'string', maxLength: 2000 }, { kind: 'text', input: 'text', long: true }],
    [{ type: ['null', 'integer'] }, { kind: 'number', whole: true }],
    [{ type: 'boolean' }, { kind: 'yesno' }],
    [{ enum: ['a', 2] }, { kind: 'choice', choices: [{ value: 'a', title: 'a' }, { value: 2, title: '2' }] }],
    [{ oneOf: [{ const: 'x', title: 'Ex' }, { const: 'y' }] }, { kind: 'choice', choices: [{ value: 'x', title: 'Ex' }, { value: 'y', title: 'y' }] }],
    [{ type: 'array', items: { type: 'string' } }, { kind: 'list' }],
    [{ type: 'array', items: { type: 'object' } }, { kind: 'json' }],
    [{ type: 'object', properties: { a: {} } }, { kind: 'group', names: ['a'] }],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { kind: 'json' }],
    [{}, { kind: 'json' }]
  ])('%j', (schema, field) => expect(fieldOf(schema, root)).toEqual(field));

  it('follows references, and stops at circles', () => {
    expect(follow({ $ref: '#/$defs/place' }, root).title).toBe('Place');
    expect(follow({ $ref: '#/$defs/circle' }, root)).toEqual({});
    expect(follow({ $ref: 'https://elsewhere.example/x' }, root)).toEqual({});
  });
});

it('defaults go as deep as they are given', () => {
  expect(defaults(root, root)).toEqual({ service: 'https://example.org', seconds: 5, mapping: { text: '/text' } });
});

it('what is empty is not sent; what is false or zero is', () => {
  expect(tidy({ a: '', b: undefined, c: { d: '' }, e: [], f: false, g: 0, h: { i: 'x', j: null } })).toEqual({ e: [], f: false, g: 0, h: { i: 'x' } });
});

it('a field without a title is named after its key', () => {
  expect(titleOf('poll_seconds', {})).toBe('Poll seconds');
  expect(titleOf('replyUrl', {})).toBe('Reply url');
  expect(titleOf('x', { title: 'Why' })).toBe('Why');
});

it('asks first for what must be there, and last for groups of details', () => {
  const schema: Schema = { required: ['z'], properties: { a: { type: 'object', properties: { b: {} } }, c: { type: 'string' }, z: { type: 'string' } } };
  expect(inOrder(schema, schema)).toEqual(['z', 'c', 'a']);
});

it('names an origin by the field that it is entered in', () => {
  const schema: Schema = { properties: { reply_url: { title: 'Reply address' } } };
  expect(originOf('{config:reply_url}', schema)).toBe('“Reply address”');
  expect(originOf('https://bsky.social', schema)).toBe('https://bsky.social');
});

it('sentences end', () => {
  expect(sentence('both signed ')).toBe('both signed.');
  expect(sentence('Done.')).toBe('Done.');
});
