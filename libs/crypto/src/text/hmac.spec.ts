import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256 } from './hmac.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 1_100 }),
  fc.constantFrom('', '\u{ffff}'.repeat(1_024), 'a'.repeat(1_025), '\ud800'),
);
const keys = fc.uint8Array({ minLength: 1, maxLength: 140 }).map((bytes) => createSecretKey(bytes));

it('is the HMAC-SHA256 of Node for every key and text, also where keys take turns', () => {
  fc.assert(
    fc.property(fc.array(keys, { minLength: 1, maxLength: 3 }), fc.array(texts, { maxLength: 8 }), (several, all) => {
      for (const text of all) {
        for (const key of several) {
          const expected = createHmac('sha256', key).update(text);
          const mac = hmacSha256(key, text);
          expect(hmacSha256(key, text, 'base64url')).toBe(mac.toString('base64url'));
          expect(mac.equals(expected.digest())).toBe(true);
        }
      }
    }),
  );
});
