import { type RefreshTokenClaims, refreshTokenClaims } from '@evident/contracts';
import { createTokenVerifier, type Jwk } from '@evident/crypto/verify';
import { initialSigningKeys, publishedKeys, type SigningKeysState, type SigningUse } from '@evident/domain';
import type { Clock } from '@evident/runtime';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { IssuerName } from './session-tokens.ts';

const clockToleranceSeconds = 5;

/** Looks at refresh tokens: signature by the published keys of that use, issuer, times, type and tenant. */
export class RefreshTokens {
  readonly #name: IssuerName;
  readonly #signingKeys: Pick<SigningKeys, 'state'>;
  readonly #verifier: ReturnType<typeof createTokenVerifier>;
  #published: { readonly state: SigningKeysState; readonly keys: readonly Jwk[] } = {
    state: initialSigningKeys,
    keys: [],
  };

  constructor(name: IssuerName, signingKeys: Pick<SigningKeys, 'state'>, now: Clock) {
    this.#name = name;
    this.#signingKeys = signingKeys;
    const { issuer } = name;
    this.#verifier = createTokenVerifier({ issuer, clockToleranceSeconds, now, keys: () => this.#published.keys });
  }

  /** Its claims, undefined where it is none of ours that could still count. Says nothing about its session. */
  async read(token: string): Promise<RefreshTokenClaims | undefined> {
    const state = await this.#signingKeys.state();
    if (state !== this.#published.state) this.#published = { state, keys: publicKeysOf(state, 'refresh') };
    const verification = await this.#verifier.verify(token);
    if (verification.outcome !== 'valid') return undefined;
    const claims = refreshTokenClaims.safeParse(verification.claims).data;
    const { issuer, tenant } = this.#name;
    return claims?.aud === issuer && claims.tenant_id === tenant ? claims : undefined;
  }
}

/** The published keys of a use, as a verifier takes them. */
function publicKeysOf(state: SigningKeysState, use: SigningUse): readonly Jwk[] {
  return publishedKeys(state)
    .filter((key) => key.use === use)
    .map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kty: publicJwk.kty ?? '', kid, alg, use: 'sig' }));
}
