import {
  type AccessTokenClaims,
  accessTokenClaims,
  type ErrorCodeName,
  fail,
  type ReplyError,
} from '@evident/contracts';
import { createTokenVerifier, type TokenVerification, type VerifiedClaims } from '@evident/crypto/verify';
import type { Clock } from '@evident/runtime';
import type { RevocationList } from '../revocation-list.ts';
import type { PublishedKeys } from './published-keys.ts';

const clockToleranceSeconds = 5;

export interface AccessCheckOptions {
  readonly keys: PublishedKeys;
  readonly revocations: RevocationList;
  readonly issuer: string;
  /** Audiences of our own routes. */
  readonly audiences: readonly string[];
  readonly tenant: string;
  readonly now: Clock;
}

export type AccessOutcome =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly error: ReplyError };

/**
 * The gateway's early refusal of callers: no hop where the token was seen before and the list of ended tokens is
 * fresh. It spares the services work and decides nothing for them: each checks the credential itself.
 */
export class AccessCheck {
  readonly #options: AccessCheckOptions;
  readonly #verifier: ReturnType<typeof createTokenVerifier>;
  /** Claims are frozen and shared by every use of a token, so their shape is looked at once. */
  readonly #shaped = new WeakMap<VerifiedClaims, AccessTokenClaims | 'foreign' | 'malformed'>();

  constructor(options: AccessCheckOptions) {
    this.#options = options;
    const { issuer, keys, now } = options;
    this.#verifier = createTokenVerifier({ issuer, clockToleranceSeconds, keys: () => keys.keys(), now });
  }

  /**
   * @param position which the list of ended tokens must have passed, from `X-Evident-Min-Position`.
   * @returns at once in the common case.
   */
  check(token: string, position: string | undefined, deadline: number): AccessOutcome | Promise<AccessOutcome> {
    const remembered = this.#verifier.verifyRemembered(token);
    if (remembered?.outcome === 'valid' && position === undefined && this.#options.revocations.isFresh) {
      return this.#judge(remembered.claims);
    }
    return this.#checkSlowly(token, position, deadline);
  }

  async #checkSlowly(token: string, position: string | undefined, deadline: number): Promise<AccessOutcome> {
    const verification = await this.#verify(token);
    if (verification.outcome === 'unavailable') return { ok: false, error: verification.error };
    if (verification.outcome !== 'valid') return refuse('caller.bad-credential');
    const early = this.#shape(verification.claims);
    if (typeof early === 'string') return this.#judge(verification.claims);
    const error = await this.#options.revocations.bringUp(position, deadline);
    return error === undefined ? this.#judge(verification.claims) : { ok: false, error };
  }

  async #verify(token: string): Promise<TokenVerification | { outcome: 'unavailable'; error: ReplyError }> {
    const first = await this.#verifier.verify(token);
    if (first.outcome !== 'unknown-key') return first;
    const renewed = await this.#options.keys.renew();
    if (typeof renewed === 'object') return { outcome: 'unavailable', error: renewed };
    return renewed ? this.#verifier.verify(token) : first;
  }

  #judge(claims: VerifiedClaims): AccessOutcome {
    const shaped = this.#shape(claims);
    if (shaped === 'malformed') return refuse('caller.bad-credential');
    if (shaped === 'foreign') return refuse('caller.foreign-audience');
    const userId = shaped.sub.slice('user:'.length);
    const ended = this.#options.revocations.hasEnded(userId, shaped.sid, shaped.gen);
    return ended ? refuse('caller.bad-credential') : { ok: true, claims: shaped };
  }

  #shape(claims: VerifiedClaims): AccessTokenClaims | 'foreign' | 'malformed' {
    let shaped = this.#shaped.get(claims);
    if (shaped === undefined) {
      shaped = this.#readShape(claims);
      this.#shaped.set(claims, shaped);
    }
    return shaped;
  }

  #readShape(claims: VerifiedClaims): AccessTokenClaims | 'foreign' | 'malformed' {
    const parsed = accessTokenClaims.safeParse(claims);
    if (!parsed.success || parsed.data.tenant_id !== this.#options.tenant) return 'malformed';
    return this.#options.audiences.includes(parsed.data.aud) ? parsed.data : 'foreign';
  }
}

function refuse(code: ErrorCodeName): AccessOutcome {
  return fail(code);
}
