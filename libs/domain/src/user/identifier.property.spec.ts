import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldIdentifier, prepareEmail, prepareLogin, prepareUsername } from './identifier.ts';
import { preparePassword } from './password.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 500);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string(),
  fc.emailAddress(),
);

describe('identifiers', () => {
  test('folding any code point twice is folding it once', () => {
    const unstable: string[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const folded = foldIdentifier(String.fromCodePoint(point));
      if (foldIdentifier(folded) !== folded) unstable.push(point.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  test('a prepared identifier is prepared already, so a second look finds the same reservation', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, email) => {
        for (const result of [prepareUsername(text, email), prepareEmail(text)]) {
          if (!result.ok) continue;
          expect(foldIdentifier(result.prepared)).toBe(result.prepared);
          expect(prepareLogin(text).prepared).toBe(result.prepared);
        }
      }),
      { numRuns: runs },
    );
  });

  test('variants of case, width and composition are one name', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcxyzäöüéñ0189'), minLength: 1, maxLength: 20 });
    const wide = (text: string) => text.replace(/[!-~]/g, (char) => String.fromCodePoint(char.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(letters, (text) => {
        const prepared = prepareUsername(text, undefined);
        for (const variant of [text.toUpperCase(), text.normalize('NFD'), wide(text), wide(text.toUpperCase())]) {
          expect(prepareUsername(variant, undefined)).toEqual(prepared);
        }
      }),
      { numRuns: runs },
    );
  });

  test('a name that is not an address never leads to one, so no name shadows another user’s address', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (prepareUsername(text, undefined).ok) expect(prepareLogin(text).kind).toBe('username');
        if (prepareEmail(text).ok) expect(prepareLogin(text).kind).toBe('email');
      }),
      { numRuns: runs },
    );
  });
});

describe('passwords', () => {
  test('preparing twice is preparing once, and NFC and NFD are one password', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = preparePassword(text);
        if (!once.ok) return;
        expect(preparePassword(once.prepared)).toEqual(once);
        expect(preparePassword(text.normalize('NFD'))).toEqual(once);
        expect(preparePassword(text.normalize('NFC'))).toEqual(once);
      }),
      { numRuns: runs },
    );
  });
});
