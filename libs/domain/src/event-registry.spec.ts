import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, EventRegistry } from './event-registry.ts';

/** A type that has changed its shape twice: the one name became two, then the two became a list that must not be empty. */
const nameTaken = defineEvent(
  'sample.name-taken',
  z.object({ names: z.array(z.string().min(1)).min(1), at: z.number() }),
  {
    schema: 3,
    personal: ['names'],
    upcasters: {
      1: ({ name, ...rest }: { name: string }) => {
        const [first = '', last = ''] = name.split(' ');
        return { ...rest, first, last };
      },
      2: ({ first, last, ...rest }: { first: string; last: string }) => ({
        ...rest,
        names: [first, last].filter((part) => part !== ''),
      }),
    },
  },
);
const other = defineEvent('sample.closed', z.object({}));
const registry = new EventRegistry([nameTaken, other]);

describe('reading a stored event', () => {
  test.each([
    [1, { name: 'Ada Lovelace', at: 7 }, ['Ada', 'Lovelace']],
    [1, { name: 'Ada', at: 7 }, ['Ada']],
    [2, { first: 'Ada', last: 'Lovelace', at: 7 }, ['Ada', 'Lovelace']],
    [3, { names: ['Ada'], at: 7 }, ['Ada']],
  ])('schema %i is brought to the newest shape', (schema, data, names) => {
    expect(registry.read('sample.name-taken', schema, data)).toEqual({ data: { names, at: 7 } });
  });

  test('leaves what is stored as it is', () => {
    const stored = Object.freeze({ name: 'Ada Lovelace', at: 7 });
    registry.read('sample.name-taken', 1, stored);
    expect(stored).toEqual({ name: 'Ada Lovelace', at: 7 });
  });

  test('drops members that the shape does not know', () => {
    expect(registry.read('sample.closed', 1, { extra: 1 })).toEqual({ data: {} });
  });

  test.each([
    ['an unknown type', 'sample.opened', 1, {}, 'unknown-type'],
    ['a schema of a newer program', 'sample.closed', 2, {}, 'newer-schema'],
    ['a schema before the first', 'sample.closed', 0, {}, 'wrong-shape'],
    ['a schema that is no number of one', 'sample.closed', 0.5, {}, 'wrong-shape'],
    ['not a number at all', 'sample.closed', Number.NaN, {}, 'wrong-shape'],
    ['a member of another type', 'sample.name-taken', 3, { names: 'Ada', at: 7 }, 'wrong-shape'],
    ['a missing member', 'sample.name-taken', 3, { names: ['Ada'] }, 'wrong-shape'],
    ['an old shape under a new number', 'sample.name-taken', 3, { name: 'Ada', at: 7 }, 'wrong-shape'],
    ['what an upcaster trips over', 'sample.name-taken', 1, { at: 7 }, 'wrong-shape'],
    ['what an upcaster makes empty', 'sample.name-taken', 1, { name: '', at: 7 }, 'wrong-shape'],
    ['null', 'sample.name-taken', 1, null, 'wrong-shape'],
    ['nothing', 'sample.closed', 1, undefined, 'wrong-shape'],
  ])('tells %s as a problem and does not throw', (_what, type, schema, data, problem) => {
    expect(registry.read(type, schema, data)).toMatchObject({ problem });
  });

  test('says which member is wrong and never what is in it', () => {
    const read = registry.read('sample.name-taken', 3, { names: ['Ada', 42], at: 'secret' });
    expect(read).toMatchObject({ message: 'sample.name-taken schema 3 has a wrong names.1, at' });
  });
});

describe('defining events', () => {
  test('needs an upcaster from each older schema', () => {
    expect(() => defineEvent('sample.moved', z.object({}), { schema: 3, upcasters: { 2: (data) => data } })).toThrow(
      'sample.moved: no upcaster from schema 1',
    );
  });

  test('refuses a type twice', () => {
    expect(() => new EventRegistry([other, defineEvent('sample.closed', z.object({}))])).toThrow('defined twice');
  });
});
