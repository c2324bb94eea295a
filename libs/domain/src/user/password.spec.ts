import { describe, expect, test } from 'vitest';
import { checkNewPassword, preparePassword } from './password.ts';

const context = { username: 'JohnDoe1', email: 'john@example.com', isCommon: (text: string) => text === 'qwertyuiop' };
const check = (password: string) => checkNewPassword(password, context);

describe('preparing a password', () => {
  test.each([
    ['a no-break space', 'pass\u00a0word', 'pass word'],
    ['an ideographic space', 'pass\u3000word', 'pass word'],
    ['a decomposed letter', 'pa\u0308ssword', 'pässword'],
    ['case and width', 'ＰａssWord', 'ＰａssWord'],
    ['spaces at the ends', '  password  ', '  password  '],
    ['a zero-width joiner', 'pass\u200dword', 'pass\u200dword'],
    ['a private-use character', 'pass\ue000word', 'pass\ue000word'],
    ['a ligature', 'ﬁftyfive', 'ﬁftyfive'],
  ])('%s: %j becomes %j', (_what, given, prepared) => {
    expect(preparePassword(given)).toEqual({ ok: true, prepared });
  });

  test.each([
    ['a NUL', 'pass\u0000word'],
    ['a tab', 'pass\tword'],
    ['a C1 control', 'pass\u0085word'],
    ['an unassigned character', 'pass\u0378word'],
    ['a noncharacter', 'pass\ufdd0word'],
    ['a lone surrogate', 'pass\ud800word'],
    ['nothing', ''],
  ])('refuses %s', (_what, given) => {
    expect(preparePassword(given).ok).toBe(false);
  });
});

describe('a new password', () => {
  test('has 8 to 256 characters, counted as code points after preparation', () => {
    expect(check('abcdefg').ok).toBe(false);
    expect(check('abcdefgh').ok).toBe(true);
    expect(check('😀'.repeat(7)).ok).toBe(false);
    expect(check('😀'.repeat(8)).ok).toBe(true);
    expect(check('o\u0308'.repeat(7)).ok).toBe(false);
    expect(check('x'.repeat(256)).ok).toBe(true);
    expect(check('x'.repeat(257)).ok).toBe(false);
    expect(check('o\u0308'.repeat(256)).ok).toBe(true);
  });

  test.each(['JohnDoe1', 'johndoe1', 'JOHNDOE1', 'ｊｏｈｎｄｏｅ１', 'john@example.com', 'John@Example.Com'])(
    'is neither the name nor the address, as %s is',
    (password) => {
      expect(check(password)).toMatchObject({ ok: false, reason: expect.stringContaining('user name') });
    },
  );

  test('may hold the name', () => {
    expect(check('JohnDoe1!').ok).toBe(true);
  });

  test('is not on the list of common ones, in whatever case', () => {
    expect(check('qwertyuiop')).toMatchObject({ ok: false, reason: expect.stringContaining('common') });
    expect(check('QWERTYuiop').ok).toBe(false);
  });

  test('is refused for what no password may hold, before it is measured', () => {
    expect(check('pass\u0000word')).toMatchObject({ ok: false, reason: expect.stringContaining('control') });
  });

  test('is answered as prepared', () => {
    expect(check('pass\u3000wörd')).toEqual({ ok: true, prepared: 'pass wörd' });
  });
});
