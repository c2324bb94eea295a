import { createHmac } from 'node:crypto';
import { CompactSign, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Jwk, SigningAlg } from './jwk.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';
import { createTokenSigner, type TokenClaims } from './token-signer.ts';
import { createTokenVerifier } from './token-verifier.ts';

const issuer = 'http://localhost:8001';
const NOW = 1_800_000_000;
const claims = { iss: issuer, sub: 'user:1', aud: 'your-app', iat: NOW, exp: NOW + 60 };

const keys = new Map<SigningAlg, SigningKey>();
beforeAll(async () => {
  for (const alg of ['ES256', 'RS256', 'EdDSA'] as const) keys.set(alg, await generateSigningKey(alg, `kid-${alg}`));
});
const keyFor = (alg: SigningAlg): SigningKey => {
  const key = keys.get(alg);
  if (key === undefined) throw new Error(alg);
  return key;
};
const published = (): Jwk[] => [...keys.values()].map(({ publicJwk }) => publicJwk);

function verifier(current: () => readonly Jwk[] = published) {
  const clock = { seconds: NOW };
  const options = { issuer, clockToleranceSeconds: 5, keys: current, now: () => clock.seconds * 1_000 };
  return { clock, ...createTokenVerifier(options) };
}
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (alg: SigningAlg, payload: TokenClaims = claims) => {
  const { privateJwk, kid } = keyFor(alg);
  return createTokenSigner({ kid, alg, privateJwk }).sign(payload);
};
/** A right signature over any header and payload: what an insider with the key could make. */
const signedRaw = async (header: Record<string, unknown>, payload: string | Buffer) => {
  const key = await importJWK({ ...keyFor('ES256').privateJwk }, 'ES256');
  const protectedHeader = { alg: 'ES256', kid: 'kid-ES256', ...header };
  return new CompactSign(typeof payload === 'string' ? Buffer.from(payload) : payload)
    .setProtectedHeader(protectedHeader)
    .sign(key);
};

describe('a token', () => {
  it.each(['ES256', 'RS256', 'EdDSA'] as const)('signed with %s is valid, with its claims and key', async (alg) => {
    const answer = await verifier().verify(await signed(alg));
    expect(answer).toEqual({ outcome: 'valid', claims, kid: `kid-${alg}` });
  });

  it('is refused where its key is not known, with the name to look for', async () => {
    const { verify } = verifier(() => [keyFor('RS256').publicJwk]);
    expect(await verify(await signed('ES256'))).toEqual({ outcome: 'unknown-key', kid: 'kid-ES256' });
  });

  it('is refused without a signature, or with one made with the public key as a secret', async () => {
    const { verify } = verifier();
    const none = `${encoded({ alg: 'none', kid: 'kid-ES256' })}.${encoded(claims)}.`;
    expect(await verify(none)).toEqual({ outcome: 'invalid', reason: 'malformed' });
    expect(await verify(`${none}AA`)).toEqual({ outcome: 'invalid', reason: 'algorithm' });
    for (const alg of ['HS256', 'HS512']) {
      const input = `${encoded({ alg, kid: 'kid-RS256' })}.${encoded(claims)}`;
      const secret = JSON.stringify(keyFor('RS256').publicJwk);
      const mac = createHmac(`sha${alg.slice(2)}`, secret)
        .update(input)
        .digest('base64url');
      expect(await verify(`${input}.${mac}`)).toEqual({ outcome: 'invalid', reason: 'algorithm' });
    }
  });

  it('is refused for an algorithm that nobody signs with before its key is looked for', async () => {
    const token = `${encoded({ alg: 'HS256', kid: 'unknown' })}.${encoded(claims)}.AA`;
    expect(await verifier().verify(token)).toEqual({ outcome: 'invalid', reason: 'algorithm' });
  });

  it('is refused where it names another algorithm than its key has', async () => {
    const [, payload, signature] = (await signed('ES256')).split('.');
    for (const alg of ['RS256', 'EdDSA']) {
      const token = `${encoded({ alg, kid: 'kid-ES256', typ: 'JWT' })}.${payload}.${signature}`;
      expect(await verifier().verify(token)).toEqual({ outcome: 'invalid', reason: 'algorithm' });
    }
  });

  it('is refused without a key name, of another type, or with an extension', async () => {
    const { verify } = verifier();
    const payload = JSON.stringify(claims);
    const headers = [{ kid: undefined }, { kid: '' }, { kid: 7 }, { typ: 'dpop+jwt' }, { typ: 1 }];
    for (const header of headers) {
      expect(await verify(await signedRaw(header, payload))).toEqual({ outcome: 'invalid', reason: 'malformed' });
    }
    const [, body, signature] = (await signed('ES256')).split('.');
    for (const header of ['[]', 'null', '"x"', '7', '{']) {
      const token = `${Buffer.from(header).toString('base64url')}.${body}.${signature}`;
      expect(await verify(token), header).toEqual({
        outcome: 'invalid',
        reason: 'malformed',
      });
    }
    const critical = encoded({ alg: 'ES256', kid: 'kid-ES256', crit: ['exp'], exp: 1 });
    expect(await verify(`${critical}.${body}.${signature}`)).toEqual({ outcome: 'invalid', reason: 'malformed' });
  });

  it('is refused once any character was changed', async () => {
    const token = await signed('EdDSA');
    const { verify } = verifier();
    for (let at = 0; at < token.length - 1; at += 1) {
      const changed = token.slice(0, at) + (token.charAt(at) === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect((await verify(changed)).outcome, `character ${at}`).not.toBe('valid');
    }
    for (const other of ['', '.', '..', 'a.b', `${token}.`, `${token}.a`, ` ${token}`, token.replace('.', ' .')]) {
      expect(await verify(other)).toEqual({ outcome: 'invalid', reason: 'malformed' });
    }
  });

  it('is not called forged where its published key cannot be used: that is a fault', async () => {
    const unlike = { ...keyFor('RS256').publicJwk, alg: 'ES256', kid: 'kid-ES256' } as const;
    const { verify } = verifier(() => [unlike]);
    await expect(verify(await signed('ES256'))).rejects.toThrow('key');
  });

  it('is refused unread where it is too long', async () => {
    const token = await signed('ES256', { ...claims, scope: 'x'.repeat(8_192) });
    expect(verifier().verifyRemembered(token)).toEqual({ outcome: 'invalid', reason: 'too-large' });
    expect(await verifier().verify(token)).toEqual({ outcome: 'invalid', reason: 'too-large' });
  });

  it('is refused where it does not expire, or where a claim has the wrong type', async () => {
    const { verify } = verifier();
    const wrong = [
      { exp: undefined },
      { exp: '9999999999' },
      { iss: undefined },
      { nbf: 'x' },
      { nbf: null },
      { iat: 'x' },
      { aud: [1] },
      { aud: ['your-app', 1] },
      { aud: 1 },
      { sub: 1 },
      { jti: 1 },
    ];
    for (const change of wrong) {
      const token = await signedRaw({}, JSON.stringify({ ...claims, ...change }));
      expect(await verify(token), JSON.stringify(change)).toEqual({ outcome: 'invalid', reason: 'claims' });
    }
    // One byte of a text is none of UTF-8.
    const garbled = Buffer.from(JSON.stringify({ ...claims, sub: '~' }));
    garbled.writeUInt8(0xff, garbled.indexOf('~'));
    const encodings = ['[]', 'null', '"x"', '{', garbled];
    for (const payload of encodings) {
      const answer = await verify(await signedRaw({}, payload));
      expect(answer, payload.toString()).toEqual({ outcome: 'invalid', reason: 'claims' });
    }
    expect((await verify(await signedRaw({}, ''))).outcome).toBe('invalid');
  });

  it('is refused where it would never expire: a number too large for one is none', async () => {
    const payload = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e999');
    expect(await verifier().verify(await signedRaw({}, payload))).toEqual({ outcome: 'invalid', reason: 'claims' });
  });

  it('may be for several, say when it was made, and name its type in any letter case or not at all', async () => {
    const many = { ...claims, aud: ['your-app', 'reports'], jti: 'one' };
    for (const header of [{}, { typ: 'JWT' }, { typ: 'jwt' }]) {
      const token = await signedRaw(header, JSON.stringify(many));
      expect(await verifier().verify(token)).toEqual({ outcome: 'valid', claims: many, kid: 'kid-ES256' });
    }
  });

  it('may say of a claim of its own that it is null', async () => {
    const one = { ...claims, tenant_id: null };
    const answer = await verifier().verify(await signedRaw({}, JSON.stringify(one)));
    expect(answer).toEqual({ outcome: 'valid', claims: one, kid: 'kid-ES256' });
  });

  it('needs no claim but its issuer and its expiry', async () => {
    const least = { iss: issuer, exp: NOW + 60 };
    const answer = await verifier().verify(await signedRaw({}, JSON.stringify(least)));
    expect(answer).toEqual({ outcome: 'valid', claims: least, kid: 'kid-ES256' });
  });

  it('is read up to the length that is allowed, and no further', async () => {
    const token = await signed('ES256');
    const allowing = (maxTokenLength: number) => {
      const options = { issuer, clockToleranceSeconds: 5, keys: published, now: () => NOW * 1_000, maxTokenLength };
      return createTokenVerifier(options).verify(token);
    };
    expect(await allowing(token.length)).toMatchObject({ outcome: 'valid' });
    expect(await allowing(token.length - 1)).toEqual({ outcome: 'invalid', reason: 'too-large' });
  });

  it('is refused from another issuer', async () => {
    const token = await signed('ES256', { ...claims, iss: `${issuer}/` });
    expect(await verifier().verify(token)).toEqual({ outcome: 'invalid', reason: 'issuer' });
  });

  it.each([
    ['valid until its expiry and the tolerance', NOW + 64.9, 'valid'],
    ['expired from then on', NOW + 65, 'expired'],
    ['not yet valid before its time less the tolerance', NOW - 15.1, 'not-yet-valid'],
    ['valid from then on', NOW - 15, 'valid'],
  ])('is %s', async (_, at, expected) => {
    const { clock, verify } = verifier();
    clock.seconds = at;
    const answer = await verify(await signed('ES256', { ...claims, nbf: NOW - 10 }));
    expect(answer.outcome === 'invalid' ? answer.reason : answer.outcome).toBe(expected);
  });
});
