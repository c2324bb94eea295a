import type * as compact from 'jose/jws/compact/verify';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Jwk } from './jwk.ts';
import { generateSigningKey } from './signing-key.ts';
import { createTokenSigner } from './token-signer.ts';

const signatures = vi.hoisted(() => ({ computed: 0 }));
vi.mock('jose/jws/compact/verify', async (importOriginal) => {
  const original = await importOriginal<typeof compact>();
  const compactVerify = (...args: Parameters<typeof original.compactVerify>) => {
    signatures.computed += 1;
    return original.compactVerify(...args);
  };
  return { ...original, compactVerify };
});
const { createTokenVerifier } = await import('./token-verifier.ts');

const NOW = 1_800_000_000;
const claims = { iss: 'i', exp: NOW + 60, roles: ['a'] };
const [key, replacement] = await Promise.all([generateSigningKey('ES256', 'k'), generateSigningKey('ES256', 'k')]);
const token = await createTokenSigner(key).sign(claims);

function verifier(options: { readonly rememberedLength?: number } = {}) {
  const state: { seconds: number; keys: readonly Jwk[] } = { seconds: NOW, keys: [key.publicJwk] };
  const verifying = createTokenVerifier({
    issuer: 'i',
    clockToleranceSeconds: 5,
    keys: () => state.keys,
    now: () => state.seconds * 1_000,
    ...options,
  });
  return { state, ...verifying };
}

beforeEach(() => {
  signatures.computed = 0;
});

describe('a remembered token', () => {
  it('is answered at once, its signature computed one time', async () => {
    const { verify, verifyRemembered } = verifier();
    expect(verifyRemembered(token)).toBeUndefined();
    const first = await verify(token);
    expect(await verify(token)).toEqual(first);
    expect(verifyRemembered(token)).toEqual({ outcome: 'valid', claims, kid: 'k' });
    expect(signatures.computed).toBe(1);
  });

  it('is computed one time by all who ask at the same moment', async () => {
    const { verify } = verifier();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(token)));
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['valid']));
    expect(signatures.computed).toBe(1);
  });

  it('expires all the same', async () => {
    const { state, verify, verifyRemembered } = verifier();
    await verify(token);
    state.seconds = NOW + 65;
    expect(verifyRemembered(token)).toEqual({ outcome: 'invalid', reason: 'expired' });
    expect(await verify(token)).toEqual({ outcome: 'invalid', reason: 'expired' });
  });

  it('ends when its key is taken away, and must prove itself when the key is back', async () => {
    const { state, verify, verifyRemembered } = verifier();
    await verify(token);
    state.keys = [];
    expect(verifyRemembered(token)).toEqual({ outcome: 'unknown-key', kid: 'k' });
    expect(await verify(token)).toEqual({ outcome: 'unknown-key', kid: 'k' });
    state.keys = [key.publicJwk];
    expect(verifyRemembered(token)).toBeUndefined();
    expect((await verify(token)).outcome).toBe('valid');
    expect(signatures.computed).toBe(2);
  });

  it('ends when another key takes the name of its own', async () => {
    const { state, verify, verifyRemembered } = verifier();
    await verify(token);
    state.keys = [replacement.publicJwk];
    expect(verifyRemembered(token)).toBeUndefined();
    expect(await verify(token)).toEqual({ outcome: 'invalid', reason: 'signature' });
  });

  it('stays when the same keys are fetched again', async () => {
    const { state, verify, verifyRemembered } = verifier();
    await verify(token);
    state.keys = JSON.parse(JSON.stringify(state.keys));
    expect(verifyRemembered(token)?.outcome).toBe('valid');
    expect(signatures.computed).toBe(1);
  });

  it('stays while the key that is to follow its own is published before it', async () => {
    const { state, verify, verifyRemembered } = verifier();
    await verify(token);
    state.keys = [{ ...replacement.publicJwk, kid: 'next' }, key.publicJwk];
    expect(verifyRemembered(token)?.outcome).toBe('valid');
    expect(signatures.computed).toBe(1);
  });

  it('is not remembered where it was refused', async () => {
    const { verify, verifyRemembered } = verifier();
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    for (let times = 0; times < 2; times += 1) {
      expect(await verify(forged)).toEqual({ outcome: 'invalid', reason: 'signature' });
      expect(verifyRemembered(forged)).toBeUndefined();
    }
    expect(signatures.computed).toBe(2);
  });

  it('shares its claims frozen, through and through', async () => {
    const answer = await verifier().verify(token);
    if (answer.outcome !== 'valid') throw new Error(answer.outcome);
    expect(Object.isFrozen(answer.claims)).toBe(true);
    expect(Object.isFrozen(answer.claims.roles)).toBe(true);
  });

  it('makes room for others: no more characters are remembered than allowed', async () => {
    const { verify, verifyRemembered } = verifier({ rememberedLength: token.length * 2 + 20 });
    const tokens = await Promise.all(
      ['1', '2', '3'].map((jti) => createTokenSigner(key).sign({ ...claims, roles: [], jti })),
    );
    for (const one of tokens) await verify(one);
    expect(tokens.map((one) => verifyRemembered(one)?.outcome)).toEqual([undefined, 'valid', 'valid']);
  });
});
