import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textAfterPrefix } from './text-prefix.ts';

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10ffff}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 6,
});
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

it('begins with a prefix what lies from it up to the text after it, and nothing else', () => {
  fc.assert(
    fc.property(text, text, (prefix, other) => {
      const after = textAfterPrefix(prefix);
      for (const each of [other, prefix + other]) {
        const inside = compare(prefix, each) <= 0 && (after === undefined || compare(each, after) < 0);
        expect(inside).toBe(each.startsWith(prefix));
      }
    }),
    { numRuns: 2000 },
  );
});

it('has no text after it where every text begins so, or none can follow', () => {
  expect(['', '\u{10ffff}', '\u{10ffff}\u{10ffff}'].map(textAfterPrefix)).toEqual([undefined, undefined, undefined]);
  expect(['a', 'a\u{10ffff}', '\ud7ff', '\uffff'].map(textAfterPrefix)).toEqual(['b', 'b', '\ue000', '\u{10000}']);
});
