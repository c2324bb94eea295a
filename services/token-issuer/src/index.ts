export * from './dependencies.ts';
export type { KeysAtHand } from './keys/key-operations.ts';
export { signingKeysOnLog } from './keys/signing-key-objects.ts';
export { type CertifyingErasures, certifiedErasure } from './privacy/certify-erasure.ts';
export { TokenIssuerModule } from './token-issuer.module.ts';
export { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
