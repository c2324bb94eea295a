import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBreakablePersonKeysStore } from '../contract/breakable-person-keys.ts';
import { generateKey } from './keys/wrapped-key.ts';
import type { PersonKeys } from './person-keys.port.ts';
import { createPersonSealer, type PersonSealer } from './person-sealer.ts';

let keys: PersonKeys;
/** Knows nothing without asking: what a process is that did not see these persons before. */
let elsewhere: PersonSealer;
let sealer: PersonSealer;
beforeEach(async () => {
  const store = createBreakablePersonKeysStore(createSecretKey(generateKey()));
  keys = await store.connect();
  sealer = createPersonSealer(keys);
  const other = await store.connect();
  elsewhere = createPersonSealer({ ...other, peek: () => undefined });
});

describe('the person sealer', () => {
  it('opens what it sealed, for the same person and associated data', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.uuid(), async (plaintext, data, person) => {
        const sealed = await sealer.seal(person, plaintext, data);
        expect(await sealer.open(person, sealed, data)).toBe(plaintext);
        expect(await elsewhere.open(person, sealed, data)).toBe(plaintext);
      }),
    );
  });

  it('stores an object with a number for its form and the box', async () => {
    expect(await sealer.seal('p', 'Rosa', 'event 1')).toEqual({ k: 1, b: expect.stringMatching(/^s1\.[\w-]+$/) });
  });

  it('answers at once where the key is at hand, and by a promise where it must ask', async () => {
    expect(sealer.seal('p', 'x', 'd')).toBeInstanceOf(Promise);
    await keys.obtain(['p']);
    const sealed = sealer.seal('p', 'x', 'd');
    if (sealed instanceof Promise) throw new Error('expected the box itself');
    expect(sealer.open('p', sealed, 'd')).toBe('x');
    const asked = elsewhere.open('p', sealed, 'd');
    expect(asked).toBeInstanceOf(Promise);
    expect(await asked).toBe('x');
  });

  it('fetches what is missing in one call, and makes no key by it', async () => {
    const asked: (readonly string[])[] = [];
    const counting = createPersonSealer({
      ...keys,
      find: (persons) => {
        asked.push(persons);
        return keys.find(persons);
      },
    });
    await keys.obtain(['known']);
    await counting.preload(['known', 'a', 'b']);
    await counting.preload(['known']);
    expect(asked).toEqual([['a', 'b']]);
    expect((await keys.find(['a', 'b'])).size).toBe(0);
  });

  it('reads as erased once the key is gone', async () => {
    const sealed = await sealer.seal('p', 'x', 'd');
    await keys.erase('p');
    expect(sealer.open('p', sealed, 'd')).toBeUndefined();
    expect(await elsewhere.open('p', sealed, 'd')).toBeUndefined();
  });

  it('seals for an erased person what reads as erased from the start, and makes no key', async () => {
    await keys.erase('p');
    for (const one of [sealer, elsewhere]) {
      const sealed = await one.seal('p', 'x', 'd');
      expect(sealed).toEqual({ k: 1, b: expect.stringMatching(/^s1\./) });
      expect(await one.open('p', sealed, 'd')).toBeUndefined();
    }
    expect((await keys.find(['p'])).size).toBe(0);
  });

  it('faults on a box that was altered or belongs elsewhere, which is no erasure', async () => {
    const damaged = expect.objectContaining({ name: 'PersonKeysFault', code: 'damaged' });
    const sealed = await sealer.seal('p', 'x', 'd');
    await keys.obtain(['q', 'p1']);
    expect(() => sealer.open('q', sealed, 'd')).toThrow(damaged);
    expect(() => sealer.open('p', sealed, 'e')).toThrow(damaged);
    expect(() => sealer.open('p', { ...sealed, k: 2 }, 'd')).toThrow(damaged);
    expect(() => sealer.open('p', { k: 1 }, 'd')).toThrow(damaged);
    expect(() => sealer.open('p', { k: 1, b: 's1.AAAA' }, 'd')).toThrow(damaged);
    await expect(elsewhere.open('p', sealed, 'e')).rejects.toEqual(damaged);
  });
});
