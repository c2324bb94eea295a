import argon2 from 'argon2';
import { afterAll, describe, expect, it } from 'vitest';
import { createPasswordHasher } from './password-hasher.ts';

const cost = { memoryKib: 256, passes: 2, lanes: 1 };
const theirs = { type: argon2.argon2id, memoryCost: 256, timeCost: 2, parallelism: 1 } as const;
const hasher = createPasswordHasher({ ...cost, threads: 1 });
afterAll(() => hasher.close());

/** The reference C implementation, by another binding, as the witness that our hashes are ordinary argon2id. */
describe('hashes and the argon2 package', () => {
  const passwords = ['correct horse', '', '密码🔑', 'x'.repeat(1_000)];

  it('ours are verified there', async () => {
    for (const password of passwords) {
      const made = await hasher.hash(password);
      if (made.outcome !== 'hashed') throw new Error('overloaded');
      expect(await argon2.verify(made.phc, password)).toBe(true);
      expect(await argon2.verify(made.phc, `${password}!`)).toBe(false);
      expect(argon2.needsRehash(made.phc, theirs)).toBe(false);
    }
  });

  it('theirs are verified here, and need no rehash at the same cost', async () => {
    for (const password of passwords) {
      const phc = await argon2.hash(password, theirs);
      expect(await hasher.verify(phc, password)).toBe('match');
      expect(await hasher.verify(phc, `${password}!`)).toBe('mismatch');
      expect(hasher.needsRehash(phc)).toBe(false);
    }
  });

  it('a decoy is verified there at its cost, and never matches', async () => {
    expect(await argon2.verify(hasher.decoyHash(), 'x')).toBe(false);
    expect(argon2.needsRehash(hasher.decoyHash(), theirs)).toBe(false);
  });
});
