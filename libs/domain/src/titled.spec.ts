import { describe, expect, test } from 'vitest';
import { checkDescription, checkTitle } from './titled.ts';

describe('a title', () => {
  test.each(['My Team', 'تیم من', '😀', 'a'.repeat(150), '😀'.repeat(150)])('may be %s', (title) => {
    expect(checkTitle(title)).toEqual({ ok: true, prepared: title });
  });

  test.each(['', ' a', 'a ', 'a'.repeat(151), 'a\nb', 'a\u200bb', '\ud800'])('is not %j', (title) => {
    expect(checkTitle(title)).toMatchObject({ ok: false });
  });
});

describe('a description', () => {
  test('may be empty, or of several lines', () => {
    for (const text of ['', 'One.\nTwo.\tThree.\r\n', 'a'.repeat(2_000)]) {
      expect(checkDescription(text)).toEqual({ ok: true, prepared: text });
    }
  });

  test('holds nothing that cannot be seen, and is bounded', () => {
    for (const text of ['a\u0000', 'a\u200b', '\ud800', 'a'.repeat(2_001)]) {
      expect(checkDescription(text).ok).toBe(false);
    }
  });
});
