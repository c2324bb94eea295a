import { createSecretKey } from 'node:crypto';
import { checkValue, unwrapKey } from '@evident/crypto';
import { expect, it } from 'vitest';
import { wrapContext } from './keyring.ts';

it('a key that an earlier release wrapped opens in its own place of its own keyring, and nowhere else', () => {
  const masterKey = createSecretKey(Buffer.alloc(32, 1));
  // Made once: it stands for those on logs, and is not made anew to suit the code.
  const wrapped = 's1.SDsFGzt4EpGf6xuFfYChR-VzU54QMj-qRFB5_Jy3Mj1RDWEu5rKLMJU2r84COQ4yob2og7j5w00dlPBZ';
  const openedAt = (...[tenant, service, purpose, number]: [string, string, string, number]) =>
    unwrapKey(masterKey, wrapped, wrapContext({ tenant }, service, purpose, number));
  const key = openedAt('main', 'token-issuer', 'signing-keys', 1);
  expect(key && checkValue(key)).toBe('m3VLtSvqUIs51ft3qVFsvQ');
  expect(openedAt('other', 'token-issuer', 'signing-keys', 1)).toBeUndefined();
  expect(openedAt('main', 'auth-command', 'signing-keys', 1)).toBeUndefined();
  expect(openedAt('main', 'token-issuer', 'seals', 1)).toBeUndefined();
  expect(openedAt('main', 'token-issuer', 'signing-keys', 2)).toBeUndefined();
});
