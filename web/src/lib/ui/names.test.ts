import { expect, it } from 'vitest';
import { calledOf, initials } from './names';

it.each([
  ['Mira Okonjo', 'MO'],
  ['Ana María de la Cruz', 'AC'],
  ['quietflyer77', 'QU'],
  ['@tomas.rey', 'TR'],
  ['李', '李'],
  ['...', '?'],
  ['', '?']
])('%s', (name, letters) => expect(initials(name)).toBe(letters));

it('a person is called by the name they show', () => {
  expect(calledOf({ handle: 'mira.example', display_name: 'Mira' })).toBe('Mira');
  expect(calledOf({ handle: 'mira.example', display_name: '' })).toBe('mira.example');
  expect(calledOf(null)).toBeNull();
});
