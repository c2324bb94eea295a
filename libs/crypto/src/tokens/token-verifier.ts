import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { JOSEError } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';
import { RecentMap } from '../recent-map.ts';
import { type Jwk, keyMaterial } from './jwk.ts';
import { type HeaderRefusal, readTokenHeader, type TokenHeader } from './token-header.ts';
import { type ClaimsRefusal, readClaims, refusalOf, type VerifiedClaims } from './verified-claims.ts';

export interface TokenVerifierOptions {
  /** What `iss` must be. */
  readonly issuer: string;
  /** How far clocks may differ. */
  readonly clockToleranceSeconds: number;
  /** The public keys that count now. Asked at every verification: a key taken away ends its tokens at once. */
  readonly keys: () => readonly Jwk[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Longer tokens are refused unread. Default 8,192 characters. */
  readonly maxTokenLength?: number;
  /** Characters of tokens whose signatures are remembered, in total. Default 4,194,304 (some ten thousand tokens). */
  readonly rememberedLength?: number;
}

export type TokenRefusal = HeaderRefusal | ClaimsRefusal | 'too-large' | 'signature';

export type TokenVerification =
  | { readonly outcome: 'valid'; readonly claims: VerifiedClaims; readonly kid: string }
  | { readonly outcome: 'invalid'; readonly reason: TokenRefusal }
  /** No key of this name and algorithm: fetch the key set again, then ask again. */
  | { readonly outcome: 'unknown-key'; readonly kid: string };

/**
 * Checks tokens that Evident signed: signature, issuer, expiry, not-before. Whom a token is for (`aud`), whether its
 * session lives and what it may do is for the caller to ask.
 */
export interface TokenVerifier {
  verify(token: string): Promise<TokenVerification>;
  /**
   * The same answer at once where no signature need be computed (the token was verified before, or can be refused
   * unread); undefined where `verify` must be asked.
   */
  verifyRemembered(token: string): TokenVerification | undefined;
}

interface Remembered {
  readonly jwk: Jwk;
  readonly claims: VerifiedClaims;
}

const MAX_TOKEN_LENGTH = 8_192;
const REMEMBERED_LENGTH = 4_194_304;
const IMPORTED_KEYS = 64;

/** A remembered token skips its signature and nothing else: key, issuer and times are checked every time. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const maxTokenLength = options.maxTokenLength ?? MAX_TOKEN_LENGTH;
  const remembered = new RecentMap<string, Remembered>(options.rememberedLength ?? REMEMBERED_LENGTH);
  const imported = new RecentMap<string, KeyObject>(IMPORTED_KEYS);
  const underWay = new Map<string, Promise<TokenVerification>>();

  const judge = (claims: VerifiedClaims, kid: string): TokenVerification => {
    const { issuer, clockToleranceSeconds } = options;
    const reason = refusalOf(claims, { issuer, clockToleranceSeconds, now: options.now() });
    return reason === undefined ? { outcome: 'valid', claims, kid } : { outcome: 'invalid', reason };
  };

  const importOnce = (jwk: Jwk): KeyObject => {
    const material = keyMaterial(jwk);
    const known = imported.get(material);
    if (known !== undefined) return known;
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    imported.set(material, key);
    return key;
  };

  const recall = (token: string, name: string): TokenVerification | undefined => {
    const known = remembered.get(name);
    if (known === undefined) return undefined;
    const { jwk, claims } = known;
    const current = options.keys().find(({ kid }) => kid === jwk.kid);
    if (current === jwk || (current !== undefined && keyMaterial(current) === keyMaterial(jwk))) {
      if (current !== jwk) remembered.set(name, { jwk: current, claims }, token.length);
      return judge(claims, jwk.kid);
    }
    remembered.delete(name);
    return current === undefined ? { outcome: 'unknown-key', kid: jwk.kid } : undefined;
  };

  const compute = async (token: string, name: string, { alg, kid }: TokenHeader): Promise<TokenVerification> => {
    const jwk = options.keys().find((key) => key.kid === kid);
    if (jwk === undefined) return { outcome: 'unknown-key', kid };
    if (jwk.alg !== alg) return { outcome: 'invalid', reason: 'algorithm' };
    const payload = await signedPayload(token, importOnce(jwk), alg);
    if (payload === undefined) return { outcome: 'invalid', reason: 'signature' };
    const claims = readClaims(payload);
    if (claims === 'claims') return { outcome: 'invalid', reason: 'claims' };
    remembered.set(name, { jwk, claims }, token.length);
    return judge(claims, kid);
  };

  const verifyRemembered = (token: string): TokenVerification | undefined =>
    token.length > maxTokenLength ? { outcome: 'invalid', reason: 'too-large' } : recall(token, nameOf(token));

  return {
    verifyRemembered,
    async verify(token) {
      const known = verifyRemembered(token);
      if (known !== undefined) return known;
      const header = readTokenHeader(token);
      if (typeof header === 'string') return { outcome: 'invalid', reason: header };
      const name = nameOf(token);
      const begun = underWay.get(name) ?? compute(token, name, header).finally(() => underWay.delete(name));
      underWay.set(name, begun);
      return begun;
    },
  };
}

/** Tokens are secrets: what is kept of one is its digest. */
function nameOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

async function signedPayload(token: string, key: KeyObject, alg: string): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, key, { algorithms: [alg] })).payload;
  } catch (error) {
    if (error instanceof JOSEError) return undefined;
    throw error;
  }
}
