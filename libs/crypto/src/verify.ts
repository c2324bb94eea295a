/**
 * What a service needs that only checks credentials: nothing here can sign, seal or hash a password, and nothing
 * of that is loaded (`verify-imports.spec.ts` holds it to that).
 */
export { isHashOfAccessKey } from './access-key-hash.ts';
export { accessKeyPrefix, isAccessKey, parseAccessKey } from './access-key-text.ts';
export * from './api-key-text.ts';
export * from './text/equal-text.ts';
export type { Jwk, SigningAlg } from './tokens/jwk.ts';
export { isSigningAlg } from './tokens/jwk.ts';
export type { HeaderRefusal } from './tokens/token-header.ts';
export * from './tokens/token-verifier.ts';
export type { ClaimsRefusal, VerifiedClaims } from './tokens/verified-claims.ts';
