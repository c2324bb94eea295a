import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { found, foundShapes, needlesOf } from './needles.ts';

const secret = 'Plover & Sandpiper ξ 8842';
const search = (bytes: Buffer | string, options = {}) =>
  found([{ name: 'a file', bytes: Buffer.from(bytes) }], [{ what: 'it', needles: needlesOf(secret, options) }]);
const around = (bytes: Buffer) => Buffer.concat([Buffer.from('x'.repeat(7)), bytes, Buffer.from('y'.repeat(5))]);

describe('a secret is found', () => {
  it.each<[string, Buffer | string]>([
    ['as it is', around(Buffer.from(secret))],
    ['in UTF-16', around(Buffer.from(secret, 'utf16le'))],
    ['in UTF-16, the other way round', around(Buffer.from(secret, 'utf16le').swap16())],
    ['decomposed', secret.normalize('NFD')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in a URL', `https://x/?q=${encodeURIComponent(secret)}`],
    ['in a form', `${new URLSearchParams({ password: secret })}`],
    ['in JSON', JSON.stringify({ password: secret })],
    ['in JSON in JSON', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
    ['in JSON of ASCII', JSON.stringify(secret).replace('ξ', '\\u03be')],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 of UTF-16', Buffer.from(secret, 'utf16le').toString('base64')],
    ...[1, 2, 3, 4].map((before): [string, string] => [
      `in base64 after ${before} other bytes`,
      Buffer.from(`${'z'.repeat(before)}${secret}${'z'.repeat(before)}`).toString('base64url'),
    ]),
  ])('%s', (_how, bytes) => {
    expect(search(bytes)).not.toEqual([]);
  });

  it('folded, where that is asked', () => {
    expect(search(secret.toLowerCase())).toEqual([]);
    expect(search(secret.toLowerCase(), { folded: true })).not.toEqual([]);
  });

  it('as its digest, where that is asked', () => {
    const digest = createHash('sha256').update(secret).digest();
    for (const bytes of [around(digest), digest.toString('hex'), digest.toString('base64url')]) {
      expect(search(bytes)).toEqual([]);
      expect(search(bytes, { digests: true })).not.toEqual([]);
    }
  });

  it('and nothing else is', () => {
    expect(search('Plover, Sandpiper and 8842 others')).toEqual([]);
  });
});

describe('a shape is found', () => {
  it.each([
    ['as text', Buffer.from('x$argon2id$v=19$')],
    ['in UTF-16', Buffer.from('$argon2id$v=19$', 'utf16le')],
  ])('%s', (_how, bytes) => {
    expect(foundShapes([{ name: 'a file', bytes }], { 'a hash': /\$argon2/ })).toEqual(['a hash in a file']);
  });
});
