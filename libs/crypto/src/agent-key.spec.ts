import {
  createSecretKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveAgentKey, readVerifyKey } from './index.ts';

const key = createSecretKey(randomBytes(32));
const written = (key: KeyObject, type: 'spki' | 'pkcs8') => key.export({ format: 'pem', type }).toString();
const newPublicKey = () => written(generateKeyPairSync('ed25519').publicKey, 'spki');

describe('the key of an agent', () => {
  it('is the same pair for the same command, and its halves belong together', () => {
    const command = randomUUID();
    const made = deriveAgentKey(key, command);
    expect(deriveAgentKey(key, command)).toEqual(made);
    expect(deriveAgentKey(key, randomUUID()).keyId).not.toBe(made.keyId);
    const signature = sign(null, Buffer.from('statement'), made.privateKey);
    expect(verify(null, Buffer.from('statement'), made.verifyKey, signature)).toBe(true);
    expect(made.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('is named by the SHA-256 of its SubjectPublicKeyInfo', () => {
    const publicKey = newPublicKey();
    const der = Buffer.from(publicKey.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    expect(readVerifyKey(publicKey)).toEqual({ verifyKey: publicKey, keyId: hash('sha256', der, 'hex') });
  });

  it('is read whatever its line ends and the space around it', () => {
    const publicKey = newPublicKey();
    expect(readVerifyKey(`  ${publicKey.replaceAll('\n', '\r\n')}\n`)).toEqual(readVerifyKey(publicKey));
  });

  it.each([
    ['nothing', ''],
    ['no PEM', 'MCowBQYDK2VwAyEA'],
    ['damaged', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n'],
    ['an RSA key', written(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, 'spki')],
    ['an EC key', written(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, 'spki')],
    ['an X25519 key', written(generateKeyPairSync('x25519').publicKey, 'spki')],
    ['a private key', written(generateKeyPairSync('ed25519').privateKey, 'pkcs8')],
    ['two keys', newPublicKey().repeat(2)],
  ])('is refused where it is %s', (_rule, pem) => {
    expect(readVerifyKey(pem)).toBeUndefined();
  });
});
