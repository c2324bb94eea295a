import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKey } from './keys/wrapped-key.ts';
import { openBox, sealBox } from './seal-box.ts';

const key = createSecretKey(generateKey());
const text = fc.string({ unit: 'grapheme', maxLength: 200 });

describe('a sealed box', () => {
  it('opens to what was sealed, with the same key and associated data', () => {
    fc.assert(fc.property(text, text, (plain, data) => openBox(key, sealBox(key, plain, data), data) === plain));
  });

  it('does not open with another key or other associated data', () => {
    const other = createSecretKey(generateKey());
    fc.assert(
      fc.property(text, text, text, (plain, data, otherData) => {
        const box = sealBox(key, plain, data);
        expect(openBox(other, box, data)).toBeUndefined();
        if (otherData !== data) expect(openBox(key, box, otherData)).toBeUndefined();
      }),
    );
  });

  it('does not open once any character was replaced, dropped or doubled', () => {
    const box = sealBox(key, 'Rosa Luxemburg', 'event 1');
    for (let at = 0; at < box.length; at += 1) {
      const [before, here, after] = [box.slice(0, at), box.charAt(at), box.slice(at + 1)];
      for (const changed of ['A', 'B', 'w', 'x', '-', '_', '=', '.', ' ', '\n', '+', '/', '', here + here]) {
        const tampered = before + changed + after;
        if (tampered !== box) expect(openBox(key, tampered, 'event 1'), tampered).toBeUndefined();
      }
    }
    expect(openBox(key, box, 'event 1')).toBe('Rosa Luxemburg');
  });

  it('does not open once any bit was flipped', () => {
    const box = sealBox(key, 'x', 'event 1');
    const bytes = Buffer.from(box.slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(openBox(key, `s1.${flipped.toString('base64url')}`, 'event 1')).toBeUndefined();
    }
  });

  it('does not open any other text', () => {
    fc.assert(fc.property(fc.string(), (other) => openBox(key, other, '') === undefined));
    fc.assert(fc.property(fc.base64String(), (other) => openBox(key, `s1.${other}`, '') === undefined));
  });

  it('never repeats a nonce', () => {
    const nonces = new Set(Array.from({ length: 5_000 }, () => sealBox(key, '', '').slice(3, 19)));
    expect(nonces.size).toBe(5_000);
  });
});
