import { describe, expect, it } from 'vitest';
import { cookieOf } from '../src/access/cookies.ts';
import { credentialOf, subjectOfApiKey } from '../src/access/credential.ts';
import { isSameOrigin } from '../src/access/same-origin.ts';

const publicUrl = 'https://sso.example.com';
const cookie = 'theme=dark; usso-access-token=from-cookie';
const own = { 'sec-fetch-site': 'same-origin' };
const uid = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';
const key = `usso_sk_${Buffer.concat([Buffer.from(uid.replaceAll('-', ''), 'hex'), Buffer.alloc(32, 7)]).toString('base64url')}`;

describe('the credential of a request', () => {
  it.each([
    ['a Bearer token', { authorization: 'Bearer from-header' }, 'token', 'from-header'],
    ['a Bearer that begins like a key', { authorization: `Bearer ${key}` }, 'api-key', key],
    ['the cookie of a same-origin request', { cookie, ...own }, 'token', 'from-cookie'],
    ['x-api-key', { 'x-api-key': key }, 'api-key', key],
    [
      'the Bearer before a cookie and a key',
      { authorization: 'Bearer a', cookie, ...own, 'x-api-key': key },
      'token',
      'a',
    ],
    ['the cookie before a key', { cookie, ...own, 'x-api-key': key }, 'token', 'from-cookie'],
    [
      'the key behind a cookie that does not count',
      { cookie, 'sec-fetch-site': 'cross-site', 'x-api-key': key },
      'api-key',
      key,
    ],
    [
      'the cookie behind a scheme of another kind',
      { authorization: 'Basic YTpi', cookie, ...own },
      'token',
      'from-cookie',
    ],
  ])('is %s', (_what, headers, kind, text) => {
    expect(credentialOf(headers, publicUrl)).toEqual({ kind, text });
  });

  it.each([
    ['nothing', {}, 'caller.not-authenticated'],
    ['an empty cookie', { cookie: 'usso-access-token=', ...own }, 'caller.not-authenticated'],
    ['a cookie of another name', { cookie: 'xusso-access-token=1', ...own }, 'caller.not-authenticated'],
    ['an empty key', { 'x-api-key': '' }, 'caller.not-authenticated'],
    [
      'a cookie that came with a request of another site',
      { cookie, 'sec-fetch-site': 'cross-site' },
      'caller.foreign-origin',
    ],
    ['a cookie of which nobody says whence', { cookie }, 'caller.foreign-origin'],
  ])('is not there with %s', (_what, headers, code) => {
    expect(credentialOf(headers, publicUrl)).toEqual({ kind: 'none', code });
  });
});

describe('a request is of the same origin', () => {
  const host = 'sso.example.com';
  it.each([
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: publicUrl }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: publicUrl, host }, true],
    [{ origin: 'https://localhost:8001', host: 'localhost:8001' }, true],
    [{ origin: 'http://sso.example.com', host }, false],
    [{ origin: 'https://sso.example.com:444', host }, false],
    [{ origin: 'https://sso.example.com.evil.example', host }, false],
    [{ origin: 'null', host }, false],
    [{ origin: '', host }, false],
    [{ origin: 'https://evil.example', host: 'localhost' }, false],
    [{ referer: `${publicUrl}/x`, host }, false],
    [{}, false],
  ])('by %j: %s', (headers, expected) => {
    expect(isSameOrigin(headers, publicUrl)).toBe(expected);
  });
});

describe('a cookie', () => {
  it.each([
    ['a=1; b=2', 'b', '2'],
    ['b=2', 'b', '2'],
    ['b = 2 ;a=1', 'b', '2'],
    ['b=2=3', 'b', '2=3'],
    ['b=first; b=second', 'b', 'first'],
    ['xb=1; bx=2', 'b', undefined],
    ['b', 'b', undefined],
    ['', 'b', undefined],
    [undefined, 'b', undefined],
  ])('of %j named %s is %j', (header, name, value) => {
    expect(cookieOf(header, name)).toBe(value);
  });
});

describe('an API key', () => {
  it('names whose it claims to be', () => {
    expect(subjectOfApiKey(key)).toBe(`apikey:${uid}`);
  });

  it.each(['usso_sk_', 'usso_sk_short', `${key}!`, `sk_${key}`, ` ${key}`, `usso_sk_${'a'.repeat(300)}`])(
    'is not %j',
    (text) => {
      expect(subjectOfApiKey(text)).toBeUndefined();
    },
  );
});
