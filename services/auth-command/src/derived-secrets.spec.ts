import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { deriveSecret, deriveSecretAgain } from './derived-secrets.ts';

const [older, newer, strange] = Array.from({ length: 3 }, () => createSecretKey(randomBytes(32)));
if (older === undefined || newer === undefined) throw new Error('three keys were made');
const keyOf = (by: KeyObject) => createHmac('sha256', by).update('command').digest('hex');

it('a secret is made of the key in use, and made again once there is a newer one', () => {
  const made = deriveSecret([older], keyOf);
  expect(deriveSecret([newer, older], keyOf)).not.toBe(made);
  expect(deriveSecretAgain([newer, older], keyOf, (secret) => secret === made)).toBe(made);
});

it('a secret that no key of the keyring made is none', () => {
  const made = strange && deriveSecret([strange], keyOf);
  expect(deriveSecretAgain([newer, older], keyOf, (secret) => secret === made)).toBeUndefined();
  expect(() => deriveSecret([], keyOf)).toThrow('no key');
});
