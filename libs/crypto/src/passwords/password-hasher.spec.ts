import { afterAll, describe, expect, it } from 'vitest';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };
const hasher = createPasswordHasher({ ...cheap, threads: 2 });
afterAll(() => hasher.close());

const hashOf = async (password: string, by: PasswordHasher = hasher) => {
  const made = await by.hash(password);
  if (made.outcome !== 'hashed') throw new Error('overloaded');
  return made.phc;
};

describe('the password hasher', () => {
  it('matches the password that was hashed and no other', async () => {
    const phc = await hashOf('correct horse');
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    expect(await hasher.verify(phc, 'correct horse')).toBe('match');
    for (const other of ['', 'correct horse ', 'Correct horse', 'correct hors\u0435', 'correct horse\u0000']) {
      expect(await hasher.verify(phc, other)).toBe('mismatch');
    }
  });

  it('salts: the same password never gives the same hash', async () => {
    expect(await hashOf('same')).not.toBe(await hashOf('same'));
  });

  it('takes empty, long and non-Latin passwords as they are', async () => {
    for (const password of ['', '密码🔑', 'x'.repeat(100_000), 'a\u0000b']) {
      expect(await hasher.verify(await hashOf(password), password)).toBe('match');
    }
  });

  it('faults on what is no argon2id hash, instead of saying match or mismatch', async () => {
    const phc = await hashOf('x');
    for (const bad of ['', 'x', phc.replace('argon2id', 'argon2i'), phc.slice(0, 40), `${phc} `]) {
      await expect(hasher.verify(bad, 'x')).rejects.toMatchObject({ name: 'PasswordHashFault', code: 'malformed' });
    }
  });

  it('faults on what the library takes for none, as no failure of the thread', async () => {
    // The right form, but no base64: one character is left over.
    const bad = (await hashOf('x')).slice(0, -2);
    await expect(hasher.verify(bad, 'x')).rejects.toMatchObject({ code: 'not-computed' });
  });

  it('faults on a stored hash that asks for far more than this process may spend', async () => {
    const costly = (await hashOf('x')).replace('m=64,t=1', 'm=4194304,t=3');
    await expect(hasher.verify(costly, 'x')).rejects.toMatchObject({ code: 'too-costly' });
  });

  it('knows which hashes were made at another cost', async () => {
    const other = createPasswordHasher({ memoryKib: 64, passes: 2, lanes: 1, threads: 1 });
    const phc = await hashOf('x');
    expect(hasher.needsRehash(phc)).toBe(false);
    expect(other.needsRehash(phc)).toBe(true);
    expect(hasher.needsRehash(await hashOf('x', other))).toBe(true);
    expect(hasher.needsRehash('no hash')).toBe(true);
    expect(await hasher.verify(await hashOf('x', other), 'x')).toBe('match');
    await other.close();
  });

  it('has a decoy of the configured cost that no password matches', async () => {
    const decoy = hasher.decoyHash();
    expect(hasher.needsRehash(decoy)).toBe(false);
    expect(decoy).toHaveLength((await hashOf('x')).length);
    for (const password of ['', 'x', decoy]) expect(await hasher.verify(decoy, password)).toBe('mismatch');
    expect(createPasswordHasher(cheap).decoyHash()).not.toBe(decoy);
  });

  it('refuses a cost that argon2id does not have', () => {
    for (const wrong of [{ memoryKib: 7 }, { passes: 0 }, { lanes: 0 }, { lanes: 9 }, { memoryKib: 64.5 }]) {
      expect(() => createPasswordHasher({ ...cheap, ...wrong })).toThrow(RangeError);
    }
  });

  it('finishes what it took before it closes, and takes nothing afterwards', async () => {
    const closing = createPasswordHasher({ ...cheap, threads: 1 });
    const taken = Array.from({ length: 12 }, (_, index) => hashOf(`password ${index}`, closing));
    await Promise.all([closing.close(), closing.close()]);
    expect(await Promise.all(taken)).toHaveLength(12);
    await expect(closing.hash('x')).rejects.toMatchObject({ code: 'closed' });
    await expect(closing.verify(hasher.decoyHash(), 'x')).rejects.toMatchObject({ code: 'closed' });
  });
});
