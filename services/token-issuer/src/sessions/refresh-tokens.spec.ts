import { randomUUID } from 'node:crypto';
import { createTokenSigner, generateSigningKey } from '@evident/crypto';
import type { SigningKeysState, SigningUse } from '@evident/domain';
import { manualClock } from '@evident/testing';
import { beforeEach, expect, it } from 'vitest';
import { RefreshTokens } from './refresh-tokens.ts';

const name = { issuer: 'https://sso.example.com', tenant: 'main' };
const clock = manualClock();
const seconds = () => Math.floor(clock() / 1_000);

let state: SigningKeysState;
let tokens: RefreshTokens;
beforeEach(() => {
  state = { keys: [] };
  tokens = new RefreshTokens(name, { state: async () => state }, clock);
});

/** Publishes one more key of the use, and says how it signs. */
async function publish(use: SigningUse) {
  const { kid, alg, publicJwk, privateJwk } = await generateSigningKey('EdDSA', randomUUID());
  const times = { createdAt: clock(), promotedAt: clock(), replacedAt: undefined, retiredAt: undefined };
  const key = { kid, use, alg, publicJwk: { ...publicJwk } as unknown as Record<string, string>, ...times };
  state = { keys: [...state.keys, { ...key, sealedPrivateJwk: 'sealed', tokensLiveForMs: 0 }] };
  const signer = createTokenSigner({ kid, alg, privateJwk });
  return (claims: object = {}) =>
    signer.sign({
      ...{ iss: name.issuer, aud: name.issuer, sub: `user:${randomUUID()}`, jti: randomUUID(), sid: randomUUID() },
      ...{ token_type: 'refresh', tenant_id: 'main', iat: seconds(), exp: seconds() + 60, ...claims },
    });
}

it('gives the claims of a refresh token, up to five seconds after its end, for clocks differ', async () => {
  const sign = await publish('refresh');
  for (const exp of [seconds() + 60, seconds() - 4]) {
    expect(await tokens.read(await sign({ exp }))).toMatchObject({ exp, token_type: 'refresh' });
  }
});

it.each([
  ['of another issuer', { iss: 'https://other.example.com' }],
  ['for somebody else', { aud: 'your-app' }],
  ['of another tenant', { tenant_id: 'other' }],
  ['of another type', { token_type: 'access' }],
  ['that names no session', { sid: undefined }],
  ['that ended five seconds ago', { exp: seconds() - 5 }],
])('gives nothing of a token %s, whoever signed it', async (_which, claims) => {
  const sign = await publish('refresh');
  expect(await tokens.read(await sign(claims))).toBeUndefined();
});

it('gives nothing of a refresh token that a key for access tokens signed', async () => {
  await publish('refresh');
  const sign = await publish('access');
  expect(await tokens.read(await sign())).toBeUndefined();
});

it('knows a key from when it is published until it is retired', async () => {
  await publish('refresh');
  const before = state;
  expect(await tokens.read('nothing')).toBeUndefined();
  const sign = await publish('refresh');
  const token = await sign();
  expect(await tokens.read(token)).toBeDefined();
  state = before;
  expect(await tokens.read(token)).toBeUndefined();
});
