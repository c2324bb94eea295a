import { expect, it } from 'vitest';
import { parseFormBody } from './form-body.ts';
import { bodyLimitBytes } from './server-options.ts';

it('reads the fields of a form', () => {
  expect(parseFormBody(Buffer.from('a=1&b=x+y%26&&c'))).toEqual({ a: '1', b: 'x y&', c: '' });
});

it('makes a field that was given twice, or more often, no text', () => {
  expect(parseFormBody(Buffer.from('a=1&b=2&a=3&a=4'))).toEqual({ a: expect.any(Array), b: '2' });
});

it.each([
  ['of one field given again and again', 'a&'],
  ['of empty pairs', '&'],
  ['of escapes', '%41'],
])(
  'reads the longest form %s at once: whoever sends it is nobody yet, and all others wait meanwhile',
  (_what, unit) => {
    const form = Buffer.from(unit.repeat(bodyLimitBytes / unit.length));
    const begun = performance.now();
    parseFormBody(form);
    expect(performance.now() - begun).toBeLessThan(1_000);
  },
);
