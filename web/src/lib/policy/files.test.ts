import { expect, it } from 'vitest';
import { changedFiles, folders, isFileName } from './files';

it('what was added, changed or taken away differs from what is live', () => {
  expect(changedFiles({ a: '1', b: '2', c: '3' }, { a: '1', b: 'old', d: '4' })).toEqual(['b', 'c', 'd']);
  expect(changedFiles({ a: '1' }, { a: '1' })).toEqual([]);
});

it('scripts come first, then folders', () => {
  expect(folders(['tests/b.toml', 'rules.rhai', 'tests/a.toml', 'charter.rhai'])).toEqual([
    { name: '', paths: ['charter.rhai', 'rules.rhai'] },
    { name: 'tests', paths: ['tests/a.toml', 'tests/b.toml'] }
  ]);
});

it.each([
  ['charter.rhai', true],
  ['praise and thanks.rhai', true],
  ['settings.toml', true],
  ['tests/01-praise.toml', true],
  ['rules/praise.rhai', false],
  ['languages/de.toml', true],
  ['languages/deep/de.toml', false],
  ['tests/deep/praise.toml', false],
  ['tests/praise.rhai', false],
  ['praise.toml', false],
  ['README.md', false],
  ['notes.txt', false],
  ['../secret.rhai', false],
  ['/x.rhai', false],
  ['.rhai', false],
  ['tests/.toml', false],
  ['', false]
])('%s', (path, right) => expect(isFileName(path)).toBe(right));
