import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { derivePassword, generatePassword } from './generated-password.ts';

it('is four groups of letters that nobody mistakes, another one each time', () => {
  const made = Array.from({ length: 100 }, generatePassword);
  for (const password of made) expect(password).toMatch(/^([a-hj-kmnp-z2-9]{5}-){3}[a-hj-kmnp-z2-9]{5}$/);
  expect(new Set(made).size).toBe(100);
});

it('is the same for the same name under the same key, and no other', () => {
  const key = createSecretKey(randomBytes(32));
  expect(derivePassword(key, 'first')).toBe(derivePassword(key, 'first'));
  expect(derivePassword(key, 'second')).not.toBe(derivePassword(key, 'first'));
  expect(derivePassword(createSecretKey(randomBytes(32)), 'first')).not.toBe(derivePassword(key, 'first'));
});
