import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBox, sealBox } from '../seal-box.ts';
import { checkValue, generateKey, parseConfiguredKey, unwrapKey, wrapKey } from './wrapped-key.ts';

const wrapping = createSecretKey(generateKey());

describe('a wrapped key', () => {
  it('unwraps with the same wrapping key and context only', () => {
    const raw = generateKey();
    const wrapped = wrapKey(wrapping, raw, 'keyring main lookup 1');
    expect(unwrapKey(wrapping, wrapped, 'keyring main lookup 1')).toEqual(raw);
    expect(unwrapKey(wrapping, wrapped, 'keyring main lookup 2')).toBeUndefined();
    expect(unwrapKey(createSecretKey(generateKey()), wrapped, 'keyring main lookup 1')).toBeUndefined();
    expect(unwrapKey(wrapping, wrapped.slice(0, -1), 'keyring main lookup 1')).toBeUndefined();
  });

  it('is never taken for a sealed text under the same key, nor the other way round', () => {
    const raw = generateKey();
    expect(openBox(wrapping, wrapKey(wrapping, raw, 'c'), 'c')).toBeUndefined();
    expect(unwrapKey(wrapping, sealBox(wrapping, 'text', 'c'), 'c')).toBeUndefined();
  });

  it('shows nothing of the key', () => {
    const raw = generateKey();
    const shown = wrapKey(wrapping, raw, 'c') + checkValue(raw);
    for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      expect(shown).not.toContain(raw.toString(form));
    }
  });
});

describe('a check value', () => {
  it('is the same for the same key and another for another', () => {
    const raw = generateKey();
    expect(checkValue(raw)).toBe(checkValue(Buffer.from(raw)));
    expect(checkValue(raw)).toMatch(/^[\w-]{22}$/);
    expect(checkValue(raw)).not.toBe(checkValue(generateKey()));
  });
});

describe('a configured key', () => {
  it('is read from base64 and base64url, padded or not, with blanks around it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (array) => {
        const raw = Buffer.from(array);
        const base64 = raw.toString('base64');
        const forms = [base64, base64.slice(0, -1), raw.toString('base64url'), ` ${base64}\r\n`];
        return forms.every((form) => parseConfiguredKey(form)?.equals(raw) === true);
      }),
    );
  });

  it('is refused unless it is exactly 32 bytes', () => {
    for (const length of [0, 16, 31, 33, 64]) {
      expect(parseConfiguredKey(Buffer.alloc(length, 7).toString('base64'))).toBeUndefined();
    }
    const good = generateKey().toString('base64');
    for (const bad of [good.replace(/^./, '*'), `${good}=`, `${good.slice(0, 20)} ${good.slice(20)}`, 'a'.repeat(43)]) {
      expect(parseConfiguredKey(bad), bad).toBeUndefined();
    }
  });
});
