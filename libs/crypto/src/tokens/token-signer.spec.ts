import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SigningAlg } from './jwk.ts';
import { generateSigningKey } from './signing-key.ts';
import { createTokenSigner } from './token-signer.ts';

const algs: readonly SigningAlg[] = ['ES256', 'RS256', 'EdDSA'];

describe.each(algs)('a signing key for %s', (alg) => {
  it('signs tokens that another implementation verifies by the published key', async () => {
    const key = await generateSigningKey(alg, 'key-1');
    const token = await createTokenSigner(key).sign({ iss: 'http://localhost', sub: 'user:1', exp: 4_000_000_000 });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [{ ...key.publicJwk }] }));
    expect(payload).toEqual({ iss: 'http://localhost', sub: 'user:1', exp: 4_000_000_000 });
    expect(protectedHeader).toEqual({ alg, kid: 'key-1', typ: 'JWT' });
  });

  it('publishes no private member', async () => {
    const { publicJwk, privateJwk } = await generateSigningKey(alg, 'key-1');
    expect(publicJwk).toMatchObject({ kid: 'key-1', alg, use: 'sig' });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(publicJwk).not.toHaveProperty(member);
    expect(privateJwk).toMatchObject({ ...publicJwk, d: expect.any(String) });
  });

  it('survives being stored as JSON', async () => {
    const key = JSON.parse(JSON.stringify(await generateSigningKey(alg, 'key-1')));
    const token = await createTokenSigner(key).sign({ sub: 'x' });
    expect(decodeProtectedHeader(token)).toEqual({ alg, kid: 'key-1', typ: 'JWT' });
  });
});

describe('a token signer', () => {
  it('refuses a key of another algorithm', async () => {
    const key = await generateSigningKey('ES256', 'key-1');
    expect(() => createTokenSigner({ ...key, alg: 'EdDSA' })).toThrow(TypeError);
  });

  it.each(algs)('refuses a key for %s whose parts do not belong together', async (alg) => {
    const [key, other] = [await generateSigningKey(alg, 'key-1'), await generateSigningKey(alg, 'key-1')];
    const mixed = { ...other.privateJwk, ...key.publicJwk };
    expect(() => createTokenSigner({ ...key, privateJwk: mixed })).toThrow();
  });
});
