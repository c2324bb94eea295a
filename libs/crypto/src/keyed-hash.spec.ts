import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyedHash } from './keyed-hash.ts';
import { generateKey } from './keys/wrapped-key.ts';

const [first, second] = [
  { number: 1, key: generateKey() },
  { number: 2, key: generateKey() },
];

describe('a keyed hash', () => {
  it('names its key and is HMAC-SHA256 over the lengths and texts of purpose and value', () => {
    const expected = createHmac('sha256', first.key).update('8:username5:smith').digest('base64url');
    expect(createKeyedHash([first]).hash('username', 'smith')).toBe(`k1.${expected}`);
  });

  it('hashes under the highest key and finds what an older one hashed', () => {
    const before = createKeyedHash([first]);
    const after = createKeyedHash([second, first]);
    expect(after.current).toBe(2);
    expect(after.hash('email', 'a@b')).toMatch(/^k2\.[\w-]{43}$/);
    expect(after.hashWith(1, 'email', 'a@b')).toBe(before.hash('email', 'a@b'));
    expect(after.hashWith(3, 'email', 'a@b')).toBeUndefined();
  });

  it('separates purposes: no two pairs of purpose and value share a hash', () => {
    const { hash } = createKeyedHash([first]);
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (purpose, value, otherPurpose, otherValue) => {
        const same = purpose === otherPurpose && value === otherValue;
        return (hash(purpose, value) === hash(otherPurpose, otherValue)) === same;
      }),
    );
    expect(hash('username', 'x')).not.toBe(hash('usernamex', ''));
    expect(hash('a', '1:b')).not.toBe(hash('a1:', 'b'));
  });

  it('tells other keys apart, and equal hashes from others', () => {
    const keyed = createKeyedHash([first]);
    const other = createKeyedHash([{ number: 1, key: second.key }]);
    expect(keyed.hash('email', 'x')).not.toBe(other.hash('email', 'x'));
    expect(keyed.equal(keyed.hash('email', 'x'), keyed.hash('email', 'x'))).toBe(true);
    expect(keyed.equal(keyed.hash('email', 'x'), keyed.hash('email', 'y'))).toBe(false);
  });

  it('refuses no key, a short key, and one number twice', () => {
    expect(() => createKeyedHash([])).toThrow(RangeError);
    expect(() => createKeyedHash([{ number: 1, key: Buffer.alloc(31) }])).toThrow(RangeError);
    expect(() => createKeyedHash([first, { number: 1, key: second.key }])).toThrow(RangeError);
  });
});
