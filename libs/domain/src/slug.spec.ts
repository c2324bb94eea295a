import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkSlug, deriveSlug } from './slug.ts';

describe('a slug', () => {
  test.each(['a', 'editor', 'content-editor', 'v1.2_b-3', '0', 'a'.repeat(64)])('may be %s', (slug) => {
    expect(checkSlug(slug)).toEqual({ ok: true, prepared: slug });
  });

  test.each(['', 'A', 'é', 'a b', '-a', 'a-', 'a--b', 'a.-b', 'a/b', 'a:b', 'a'.repeat(65), 'ａ', 'a\n'])(
    'is not %j',
    (slug) => {
      expect(checkSlug(slug)).toMatchObject({ ok: false });
    },
  );

  test.each([
    ['My Team', 'my-team'],
    ['Content  Éditor!', 'content-editor'],
    ['  --x-- ', 'x'],
    ['ＡＢＣ', 'abc'],
    ['R&D (2026)', 'r-d-2026'],
    ['تیم من', 'otherwise'],
    ['', 'otherwise'],
  ])('of the name %j is %s', (name, slug) => {
    expect(deriveSlug(name, 'otherwise')).toBe(slug);
  });

  test('that is made of a name is one, with room for a suffix', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 60, maxLength: 90 })), (name) => {
        const slug = deriveSlug(name, 'role');
        expect(checkSlug(slug).ok).toBe(true);
        expect(checkSlug(`${slug}-0123456789ab`).ok).toBe(true);
      }),
    );
  });
});
