import { describe, expect, test } from 'vitest';
import { foldIdentifier, prepareEmail, prepareLogin, prepareUsername } from './identifier.ts';

const own = 'jdoe@example.com';
const name = (text: string, email?: string) => prepareUsername(text, email);

describe('user names', () => {
  test.each([
    ['jdoe', 'jdoe'],
    ['JDoe', 'jdoe'],
    ['ｊｄｏｅ', 'jdoe'],
    ['ﬁona', 'fiona'],
    ['John Doe', 'john doe'],
    ['İpek', 'i\u0307pek'],
    ['Ström', 'ström'],
    ['Stro\u0308m', 'ström'],
    ['J\u030coe', '\u01f0oe'],
    ['ΌΔΟΣ', 'όδος'],
    ['محمد', 'محمد'],
    ['李雷', '李雷'],
    ['a.b-c_d+e!', 'a.b-c_d+e!'],
    ['😀', '😀'],
    ['5', '5'],
  ])('%s is compared as %s', (given, prepared) => {
    expect(name(given)).toEqual({ ok: true, prepared });
  });

  test.each([
    ['a space in front', ' jdoe'],
    ['a space behind', 'jdoe '],
    ['only a space', ' '],
    ['a no-break space', 'j\u00a0doe'],
    ['an ideographic space', 'j\u3000doe'],
    ['a tab', 'j\tdoe'],
    ['a NUL', 'j\u0000doe'],
    ['a line separator', 'j\u2028doe'],
    ['a zero-width space', 'j\u200bdoe'],
    ['a zero-width joiner', 'j\u200ddoe'],
    ['a byte order mark', '\ufeffjdoe'],
    ['a soft hyphen', 'j\u00addoe'],
    ['a right-to-left override', 'j\u202edoe'],
    ['a variation selector', '❤\ufe0f'],
    ['a Hangul filler', 'j\u3164doe'],
    ['a combining grapheme joiner', 'j\u034fdoe'],
    ['a tag character', 'jdoe\u{e0041}'],
    ['a private-use character', 'j\ue000doe'],
    ['an unassigned character', 'j\u0378doe'],
    ['a noncharacter', 'j\uffffdoe'],
    ['a lone high surrogate', 'j\ud800doe'],
    ['a lone low surrogate', '\udc00jdoe'],
    ['an @', 'j@doe'],
    ['a full-width @', 'j＠doe'],
    ['nothing', ''],
  ])('refuses %s', (_what, given) => {
    expect(name(given).ok).toBe(false);
  });

  test('an @ is allowed where the name is the own address, in whatever case or width', () => {
    expect(name(own, own)).toEqual({ ok: true, prepared: own });
    expect(name('JDoe＠Example.COM', own)).toEqual({ ok: true, prepared: own });
    expect(name(own, 'JDOE@EXAMPLE.COM')).toEqual({ ok: true, prepared: own });
    expect(name(own, 'other@example.com').ok).toBe(false);
    expect(name(own).ok).toBe(false);
  });

  test('length is counted in code points of the prepared name', () => {
    expect(name('a'.repeat(150)).ok).toBe(true);
    expect(name('a'.repeat(151)).ok).toBe(false);
    expect(name('😀'.repeat(150)).ok).toBe(true);
    expect(name('😀'.repeat(151)).ok).toBe(false);
    expect(name('o\u0308'.repeat(150)).ok).toBe(true);
    expect(name('ﬃ'.repeat(51)).ok).toBe(false);
  });
});

describe('addresses', () => {
  test.each([
    ['JDoe@Example.com', 'jdoe@example.com'],
    ['jdoe＠example.com', 'jdoe@example.com'],
    ['admin@localhost', 'admin@localhost'],
    ['a+b@sub.example.org', 'a+b@sub.example.org'],
    ['用户@例子.公司', '用户@例子.公司'],
  ])('%s is compared as %s', (given, prepared) => {
    expect(prepareEmail(given)).toEqual({ ok: true, prepared });
  });

  test.each([
    '',
    '@',
    'a@',
    '@b',
    'a',
    'a@b@c',
    'a b@c',
    ' a@b',
    'a@b ',
    'a@b\n',
    'a\u200b@b',
    'a@b\u3000',
    'a\ud800@b',
    'a\u0000@b',
  ])('refuses %j', (given) => {
    expect(prepareEmail(given).ok).toBe(false);
  });

  test('has at most 320 characters', () => {
    expect(prepareEmail(`${'a'.repeat(318)}@b`).ok).toBe(true);
    expect(prepareEmail(`${'a'.repeat(319)}@b`).ok).toBe(false);
  });
});

describe('what is typed at sign-in', () => {
  test('is an address where it holds an @ of any width, else a name', () => {
    expect(prepareLogin('JDoe')).toEqual({ kind: 'username', prepared: 'jdoe' });
    expect(prepareLogin('JDoe＠example.com')).toEqual({ kind: 'email', prepared: 'jdoe@example.com' });
  });

  test('is never thrown at', () => {
    expect(prepareLogin('\ud800')).toMatchObject({ kind: 'username' });
    expect(foldIdentifier('')).toBe('');
  });
});
