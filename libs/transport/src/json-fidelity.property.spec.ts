import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { whatJsonLoses } from './json-fidelity.ts';

const wellFormedJson = fc.jsonValue({ stringUnit: 'grapheme', noUnicodeString: false } as fc.JsonSharedConstraints);

it('finds nothing lost in what JSON gives back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sent: unknown = JSON.parse(JSON.stringify(value));
      expect(whatJsonLoses(sent)).toBeUndefined();
    }),
  );
});

it('finds every value that JSON changes, wherever it stands', () => {
  const lossy = fc.constantFrom<unknown>(
    new Date(0),
    new Map(),
    new Set(),
    new (class Named {})(),
    Buffer.from('a'),
    1n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Symbol('s'),
    () => 1,
    '\ud800',
  );
  fc.assert(
    fc.property(wellFormedJson, lossy, (beside, value) => {
      for (const holder of [value, [beside, value], { beside, value }, { deep: [{ value }] }, [undefined]]) {
        expect(whatJsonLoses(holder)).toBeTypeOf('string');
      }
    }),
  );
});

it('ends on a value that contains itself', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(whatJsonLoses(loop)).toContain('contains itself');
});

it('freezes everything in a value', () => {
  const frozenThroughout = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(frozenThroughout));
  fc.assert(fc.property(fc.jsonValue(), (value) => frozenThroughout(deepFreeze(value))));
});
