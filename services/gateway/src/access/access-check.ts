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
  /** Audiences of other apps, whose tokens the routes marked so take too. */
  readonly appAudiences: readonly string[];
  readonly tenant: string;
  readonly now: Clock;
}

export interface AccessQuestion {
  /** Which the list of ended tokens must have passed, from `X-Evident-Min-Position`. */
  readonly position: string | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Does the route take a token that was made for another app? */
  readonly anyApp: boolean;
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
  readonly #shaped = new WeakMap<VerifiedClaims, AccessTokenClaims | 'malformed'>();

  constructor(options: AccessCheckOptions) {
    this.#options = options;
    const { issuer, keys, now } = options;
    this.#verifier = createTokenVerifier({ issuer, clockToleranceSeconds, keys: () => keys.keys(), now });
  }

  /** Answers at once in the common case. */
  check(token: string, question: AccessQuestion): AccessOutcome | Promise<AccessOutcome> {
    const remembered = this.#verifier.verifyRemembered(token);
    if (remembered?.outcome === 'valid' && question.position === undefined && this.#options.revocations.isFresh) {
      return this.#judge(remembered.claims, question);
    }
    return this.#checkSlowly(token, question);
  }

  async #checkSlowly(token: string, question: AccessQuestion): Promise<AccessOutcome> {
    const verification = await this.#verify(token);
    if (verification.outcome === 'unavailable') return { ok: false, error: verification.error };
    if (verification.outcome !== 'valid') return refuse('caller.bad-credential');
    if (typeof this.#admissible(verification.claims, question) === 'string')
      return this.#judge(verification.claims, question);
    const error = await this.#options.revocations.bringUp(question.position, question.deadline);
    return error === undefined ? this.#judge(verification.claims, question) : { ok: false, error };
  }

  async #verify(token: string): Promise<TokenVerification | { outcome: 'unavailable'; error: ReplyError }> {
    const first = await this.#verifier.verify(token);
    if (first.outcome !== 'unknown-key') return first;
    const renewed = await this.#options.keys.renew();
    if (typeof renewed === 'object') return { outcome: 'unavailable', error: renewed };
    return renewed ? this.#verifier.verify(token) : first;
  }

  #judge(claims: VerifiedClaims, question: AccessQuestion): AccessOutcome {
    const shaped = this.#admissible(claims, question);
    if (typeof shaped === 'string') return refuse(shaped);
    const subjectId = shaped.sub.slice(shaped.sub.indexOf(':') + 1);
    const ended = this.#options.revocations.hasEnded(subjectId, shaped.sid, shaped.gen);
    return ended ? refuse('caller.bad-credential') : { ok: true, claims: shaped };
  }

  #admissible(verified: VerifiedClaims, { anyApp }: AccessQuestion): AccessTokenClaims | ErrorCodeName {
    const claims = this.#shape(verified);
    if (claims === 'malformed') return 'caller.bad-credential';
    const { audiences, appAudiences } = this.#options;
    if (audiences.includes(claims.aud) || (anyApp && appAudiences.includes(claims.aud))) return claims;
    return 'caller.foreign-audience';
  }

  #shape(claims: VerifiedClaims): AccessTokenClaims | 'malformed' {
    let shaped = this.#shaped.get(claims);
    if (shaped === undefined) {
      shaped = this.#readShape(claims);
      this.#shaped.set(claims, shaped);
    }
    return shaped;
  }

  #readShape(claims: VerifiedClaims): AccessTokenClaims | 'malformed' {
    const parsed = accessTokenClaims.safeParse(claims);
    return parsed.success && parsed.data.tenant_id === this.#options.tenant ? parsed.data : 'malformed';
  }
}

function refuse(code: ErrorCodeName): AccessOutcome {
  return fail(code);
}
