import type { SigningAlgorithm, SigningUse } from './events.ts';

export interface CreateSigningKey {
  readonly type: 'create-signing-key';
  readonly kid: string;
  readonly use: SigningUse;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly sealedPrivateJwk: string;
  readonly now: number;
  /** A first key of its use is wanted: where one is there already, this one is not made. */
  readonly onlyIfNone: boolean;
}

export interface PromoteSigningKey {
  readonly type: 'promote-signing-key';
  readonly kid: string;
  readonly now: number;
  /** How long clients may remember the published keys, in milliseconds: a key is published that long before it signs. */
  readonly publishedForMs: number;
}

export interface RetireSigningKey {
  readonly type: 'retire-signing-key';
  readonly kid: string;
  readonly now: number;
  /** The longest life of a token, clock tolerance included, in milliseconds. */
  readonly tokensLiveForMs: number;
}

export type SigningKeyCommand = CreateSigningKey | PromoteSigningKey | RetireSigningKey;
