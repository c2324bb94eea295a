import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTokenVerifier, type TokenVerifier } from '../verify-token.ts';

export interface FakeTokenOptions {
  /** Default: a new user. */
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly tenantId?: string;
  readonly workspaceId?: string;
  readonly audience?: string;
  /** Seconds from now; negative for one that has expired. Default 3600. */
  readonly expiresIn?: number;
}

/** Evident's tokens without Evident: `verifier` accepts what `issue` makes, and nothing else. */
export interface FakeIssuer {
  readonly verifier: TokenVerifier;
  issue(options?: FakeTokenOptions): Promise<string>;
}

export async function createFakeIssuer(audience = 'your-app'): Promise<FakeIssuer> {
  const url = 'https://evident.test';
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'fake', alg: 'ES256', use: 'sig' };
  const verifier = createTokenVerifier({ url, audience, keys: createLocalJWKSet({ keys: [jwk] }) });
  return {
    verifier,
    issue(options = {}) {
      const {
        subject = `user:${randomUUID()}`,
        scopes = [],
        roles = [],
        tenantId = 'main',
        expiresIn = 3600,
      } = options;
      const now = Math.floor(Date.now() / 1_000);
      const claims = {
        token_type: 'access',
        tenant_id: tenantId,
        workspace_id: options.workspaceId ?? null,
        sid: randomUUID(),
        gen: 1,
        roles: [...roles],
        scopes: [...scopes],
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'fake' })
        .setIssuer(url)
        .setAudience(options.audience ?? audience)
        .setSubject(subject)
        .setJti(randomUUID())
        .setIssuedAt(Math.min(now, now + expiresIn))
        .setExpirationTime(now + expiresIn)
        .sign(privateKey);
    },
  };
}
