import { expect, it } from 'vitest';
import { freePath } from './studio.svelte';

it('a test of a case overwrites nothing that was changed by hand', () => {
  expect(freePath('tests/case-7.toml', 'new', {})).toBe('tests/case-7.toml');
  expect(freePath('tests/case-7.toml', 'new', { 'tests/case-7.toml': 'new' })).toBe('tests/case-7.toml');
  expect(freePath('tests/case-7.toml', 'new', { 'tests/case-7.toml': 'mine', 'tests/case-7-2.toml': 'mine too' })).toBe('tests/case-7-3.toml');
});
