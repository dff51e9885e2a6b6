import { expect, it } from 'vitest';
import { sweep } from './sweep';

it('goes round the square by its corners', () => {
  expect(sweep('company', 0.25)).toBe('M8 8V1.2L14.8 1.2L14.8 8z');
  expect(sweep('company', 0.5)).toBe('M8 8V1.2L14.8 1.2L14.8 14.8L8 14.8z');
});

it('goes round the circle as an arc, long after half', () => {
  expect(sweep('consumer', 0.25)).toBe('M8 8V1.2A6.8 6.8 0 0 1 14.8 8z');
  expect(sweep('consumer', 0.75)).toBe('M8 8V1.2A6.8 6.8 0 1 1 1.2 8z');
});

it('is never nothing and never all: a full shape would be another state', () => {
  expect(sweep('consumer', -3)).toBe(sweep('consumer', 0.02));
  expect(sweep('consumer', 7)).toBe(sweep('consumer', 0.99));
});
