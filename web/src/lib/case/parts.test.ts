import { describe, expect, it } from 'vitest';
import { diff } from './diff';
import { lengthIn } from './length';
import { passages } from './passages';
import { turns } from './turns';

describe('turns', () => {
  const at = (minute: number) => `2026-05-13T08:${String(minute).padStart(2, '0')}:00Z`;
  const post = (party: 'company' | 'consumer', minute: number) => ({ party, at: at(minute) });

  it('go to whoever did not speak last, in the order of time', () => {
    const result = turns([post('company', 20), post('consumer', 0), post('consumer', 10), post('consumer', 30)], new Date(at(40)));
    expect(result).toEqual([
      { party: 'company', from: new Date(at(0)), to: new Date(at(20)) },
      { party: 'consumer', from: new Date(at(20)), to: new Date(at(30)) },
      { party: 'company', from: new Date(at(30)), to: new Date(at(40)) }
    ]);
  });

  it('are none without posts', () => expect(turns([], new Date())).toEqual([]));
});

describe('diff', () => {
  it('shows the words that changed', () => {
    expect(diff('I call it a joke. #fail', 'I call it theft. #fail')).toEqual([
      { kind: 'same', text: 'I call it ' },
      { kind: 'gone', text: 'a joke.' },
      { kind: 'new', text: 'theft.' },
      { kind: 'same', text: ' #fail' }
    ]);
  });

  it('gives both texts back whole', () => {
    const [before, after] = ['one two  three\nfour', 'zero one three four five'];
    const pieces = diff(before, after);
    const without = (kind: string) => pieces.filter((piece) => piece.kind !== kind).map((piece) => piece.text).join('');
    expect(without('new')).toBe(before);
    expect(without('gone')).toBe(after);
  });

  it('does not compare essays', () => {
    const essay = 'word '.repeat(500);
    expect(diff(essay, `${essay}end`).map((piece) => piece.kind)).toEqual(['gone', 'new']);
  });
});

describe('passages', () => {
  it('marks every place, whatever its case, and loses no letter', () => {
    const text = 'Card 4417 and again CARD 4417.';
    const result = passages(text, ['card 4417']);
    expect(result.map((piece) => piece.text).join('')).toBe(text);
    expect(result.filter((piece) => piece.found).map((piece) => piece.text)).toEqual(['Card 4417', 'CARD 4417']);
  });

  it('takes passages that overlap and ones that are not there', () => {
    const result = passages('abcdef', ['abcd', 'cdef', 'xyz', '']);
    expect(result).toEqual([
      { text: 'abcd', found: true },
      { text: 'ef', found: true }
    ]);
  });
});

describe('length', () => {
  it('counts as the platform counts', () => {
    const family = '👨‍👩‍👧 ä';
    expect(lengthIn(family, 'graphemes')).toBe(3);
    expect(lengthIn(family, 'codepoints')).toBe(7);
    expect(lengthIn('ä', 'bytes')).toBe(2);
  });
});
