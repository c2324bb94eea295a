import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url } from './base64url.ts';
import { equalText } from './equal-text.ts';
import { uuidFromBytes, uuidOfDigest, uuidToBytes } from './uuid-bytes.ts';

const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));

describe('base64url', () => {
  it('decodes what was encoded', () => {
    fc.assert(fc.property(bytes, (raw) => decodeBase64url(raw.toString('base64url'))?.equals(raw) === true));
  });

  it('accepts one text only for the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const decoded = decodeBase64url(text);
        return decoded === undefined || decoded.toString('base64url') === text;
      }),
    );
    expect(decodeBase64url('QQ')).toEqual(Buffer.from('A'));
    for (const other of ['QR', 'QQ==', 'QQ ', 'Q Q', 'QQ\n', '+w', 'Q']) expect(decodeBase64url(other)).toBeUndefined();
  });
});

describe('equal texts', () => {
  it('compares as the texts do', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => equalText(a, a) && equalText(a, b) === (a === b)));
  });
});

describe('uuid bytes', () => {
  it('round-trips every UUID, in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => uuidFromBytes(uuidToBytes(uuid.toUpperCase()) ?? Buffer.alloc(0)) === uuid),
    );
    expect(uuidToBytes(randomUUID().slice(1))).toBeUndefined();
    expect(uuidToBytes('')).toBeUndefined();
  });

  it('makes UUIDs of version 8 from digests', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 32 }), (digest) =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuidOfDigest(digest)),
      ),
    );
  });
});
