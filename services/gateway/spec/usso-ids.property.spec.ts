import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IdKind, idInBody, idInPath, printedId, uidOf } from '../src/usso/ids.ts';

const kinds: readonly IdKind[] = [
  'user',
  'agent',
  'workspace',
  'role',
  'apikey',
  'session',
  'identifier',
  'credential',
];
const kind = fc.constantFrom(...kinds);
const nobody = '00000000-0000-0000-0000-000000000000';

describe('an id', () => {
  it('is read with its prefix and without, in any case of its digits', () => {
    fc.assert(
      fc.property(kind, fc.uuid(), (of, uid) => {
        for (const text of [printedId(of, uid), uid, uid.toUpperCase()]) {
          expect(uidOf(of, text)).toBe(uid);
          expect(idInPath(of).parse(text)).toBe(uid);
          expect(idInBody(of).parse(text)).toBe(uid);
        }
      }),
    );
  });

  it('of another kind is nobody in a path, and not acceptable in a body', () => {
    fc.assert(
      fc.property(kind, kind, fc.uuid(), (of, other, uid) => {
        fc.pre(printedId(other, uid) !== printedId(of, uid) && printedId(other, uid) !== uid);
        expect(idInPath(of).parse(printedId(other, uid))).toBe(nobody);
        expect(idInBody(of).safeParse(printedId(other, uid)).success).toBe(false);
      }),
    );
  });

  it('is never read from another text', () => {
    fc.assert(
      fc.property(kind, fc.string(), (of, text) => {
        fc.pre(!/[0-9a-f]{12}$/i.test(text));
        expect(uidOf(of, text)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['user', 'user:'],
    ['agent', 'service:'],
    ['workspace', 'ws_'],
    ['role', 'role_'],
    ['apikey', 'key_'],
    ['session', 'session:'],
  ] as const)('of a %s is printed with %s', (of, prefix) => {
    expect(printedId(of, nobody)).toBe(`${prefix}${nobody}`);
  });
});
