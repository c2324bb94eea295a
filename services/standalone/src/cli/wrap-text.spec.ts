import { describe, expect, it } from 'vitest';
import { wrapText } from './wrap-text.ts';

describe('wrapped text', () => {
  it('breaks at blanks and loses no word', () => {
    expect(wrapText('one two three four', 9)).toBe('one two\nthree\nfour');
    expect(wrapText('/a/path/that/cannot/be/broken it can', 10)).toBe('/a/path/that/cannot/be/broken\nit can');
  });

  it('is as it was without a width', () => {
    expect(wrapText('one two', undefined)).toBe('one two');
  });
});
