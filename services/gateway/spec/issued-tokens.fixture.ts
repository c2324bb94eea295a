import { randomUUID } from 'node:crypto';
import type { PublicJwk } from '@evident/contracts';
import { createTokenSigner, generateSigningKey, type SigningAlg, type SigningKey } from '@evident/crypto';

export const issuer = 'http://localhost:8000';
export const userId = '3f0e1c52-4a54-4f6e-9d4e-0a1b2c3d4e5f';

export interface IssuedTokens {
  readonly key: SigningKey;
  readonly jwk: PublicJwk;
  /** A good access token, save for the claims given. */
  issue(claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Tokens as token-issuer makes them, of a key of the spec's own. */
export async function issuedTokens(now: () => number = Date.now, alg: SigningAlg = 'ES256'): Promise<IssuedTokens> {
  const key = await generateSigningKey(alg, randomUUID());
  const signer = createTokenSigner(key);
  const { publicJwk } = key;
  return {
    key,
    jwk: { ...publicJwk, use: 'sig' },
    issue: (claims = {}) =>
      signer.sign({
        iss: issuer,
        aud: 'your-app',
        sub: `user:${userId}`,
        sid: randomUUID(),
        jti: randomUUID(),
        gen: 1,
        tenant_id: 'main',
        token_type: 'access',
        iat: Math.floor(now() / 1_000),
        exp: Math.floor(now() / 1_000) + 3_600,
        ...claims,
      }),
  };
}
