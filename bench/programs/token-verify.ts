import { randomUUID } from 'node:crypto';
import { createPasswordHasher, createTokenSigner, createTokenVerifier, generateSigningKey } from '@evident/crypto';
import { importJWK, jwtVerify } from 'jose';
import { argon2Parameters, hashingConnections } from '../limits/argon2.ts';
import { closedLoop } from '../load/closed-loop.ts';
import type { Program, Resource } from '../program.ts';

const issuer = 'http://localhost:8000';

async function openTokens(alg: 'ES256', count: number) {
  const key = await generateSigningKey(alg, 'bench');
  const { sign } = createTokenSigner(key);
  const claims = () => ({
    iss: issuer,
    sub: `user:${randomUUID()}`,
    aud: 'your-app',
    exp: Math.floor(Date.now() / 1_000) + 3_600,
    jti: randomUUID(),
    scopes: ['users:read', 'apps:read'],
    gen: 3,
  });
  const newVerifier = () =>
    createTokenVerifier({ issuer, clockToleranceSeconds: 5, keys: () => [key.publicJwk], now: Date.now });
  const tokens = await Promise.all(Array.from({ length: count }, () => sign(claims())));
  const publicKey = await importJWK({ ...key.publicJwk }, alg);
  const pick = (turn: number) => tokens[turn % count] ?? '';
  return {
    jose: (turn: number) => jwtVerify(pick(turn), publicKey),
    sign: () => sign(claims()),
    pick,
    count,
    newVerifier,
  };
}

const es256: Resource<Awaited<ReturnType<typeof openTokens>>> = async ({ option }) => {
  const value = await openTokens('ES256', option('tokens', 4_000));
  return { value, close: () => undefined };
};

/** By a verifier that has seen no token yet, so that each signature is computed; then one that remembers it. */
export const tokenVerify: Program = {
  name: 'token-verify',
  measures: 'checks of ES256 tokens seen the first time, one after the other in one thread',
  unit: 'per second',
  limit: 'jose’s jwtVerify of the same tokens',
  budget: [],
  isHere: true,
  seconds: 1,
  async run({ seconds, use, option }) {
    const tokens = await use(es256);
    const limit = await closedLoop(seconds, 1, tokens.jose);
    const verifier = tokens.newVerifier();
    const began = performance.now();
    const count = option('tokens', 4_000);
    for (let turn = 0; turn < count; turn += 1) await verifier.verify(tokens.pick(turn));
    const figure = count / ((performance.now() - began) / 1_000);
    const remembered = await closedLoop(seconds, 1, () => verifier.verifyRemembered(tokens.pick(count - 1)));
    const signed = await closedLoop(seconds, 1, tokens.sign);
    return {
      figure,
      limit: limit.perSecond,
      also: {
        'remembered, per second': remembered.perSecond,
        'signed, per second': signed.perSecond,
        'first time, while 16 callers hash, p50, ms': await waitWhileHashing(seconds, tokens),
      },
    };
  },
};

/** Hashing has threads of its own, so that a check of a token does not wait for passwords. */
async function waitWhileHashing(seconds: number, tokens: Awaited<ReturnType<typeof openTokens>>): Promise<number> {
  const hasher = createPasswordHasher(argon2Parameters);
  const decoy = hasher.decoyHash();
  let isHashing = true;
  const callers = Array.from({ length: hashingConnections }, async () => {
    while (isHashing) await hasher.verify(decoy, 'a wrong password');
  });
  let verifier = tokens.newVerifier();
  const { p50 } = await closedLoop(seconds, 1, (turn) => {
    if (turn % tokens.count === 0) verifier = tokens.newVerifier();
    return verifier.verify(tokens.pick(turn));
  });
  isHashing = false;
  await Promise.all(callers);
  await hasher.close();
  return p50;
}
