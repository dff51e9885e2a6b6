import { expect, it } from 'vitest';
import { changesBetween } from './changes';

it('lines that are gone and lines that came, each with its place', () => {
  expect(changesBetween('a\nb\nc\nd\ne', 'a\nB\nc\nd\ne\nf')).toEqual([
    { before: 2, after: 2, gone: ['b'], came: ['B'] },
    { before: 5, after: 5, gone: ['e'], came: ['e', 'f'] }
  ]);
});

it('a file that is new or gone is one change', () => {
  expect(changesBetween('', 'a\nb\n')).toEqual([{ before: 1, after: 1, gone: [], came: ['a', 'b'] }]);
  expect(changesBetween('a\nb\n', '')).toEqual([{ before: 1, after: 1, gone: ['a', 'b'], came: [] }]);
});

it('what is the same has none', () => expect(changesBetween('a\nb', 'a\nb')).toEqual([]));
