import { createSecretKey, generateKeyPairSync, hash, randomBytes, randomUUID, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveAgentKey, readVerifyKey } from './index.ts';

const key = createSecretKey(randomBytes(32));
const spki = {
  publicKeyEncoding: { format: 'pem', type: 'spki' },
  privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
} as const;

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
    const { publicKey } = generateKeyPairSync('ed25519', spki);
    const der = Buffer.from(publicKey.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    expect(readVerifyKey(publicKey)).toEqual({ verifyKey: publicKey, keyId: hash('sha256', der, 'hex') });
  });

  it('is read whatever its line ends and the space around it', () => {
    const { publicKey } = generateKeyPairSync('ed25519', spki);
    expect(readVerifyKey(`  ${publicKey.replaceAll('\n', '\r\n')}\n`)).toEqual(readVerifyKey(publicKey));
  });

  it.each([
    ['nothing', ''],
    ['no PEM', 'MCowBQYDK2VwAyEA'],
    ['damaged', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n'],
    ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 2048, ...spki }).publicKey],
    ['an EC key', generateKeyPairSync('ec', { namedCurve: 'P-256', ...spki }).publicKey],
    ['an X25519 key', generateKeyPairSync('x25519', spki).publicKey],
    ['a private key', generateKeyPairSync('ed25519', spki).privateKey],
    ['two keys', generateKeyPairSync('ed25519', spki).publicKey.repeat(2)],
  ])('is refused where it is %s', (_rule, pem) => {
    expect(readVerifyKey(pem)).toBeUndefined();
  });
});
