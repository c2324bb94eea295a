import type { SigningAlgorithm, SigningUse } from './events.ts';

export interface CreateSigningKey {
  readonly type: 'create-signing-key';
  readonly kid: string;
  readonly use: SigningUse;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly sealedPrivateJwk: string;
  readonly now: number;
  /** Not made where a key of its use is published already, or where one is waiting to be promoted. */
  readonly unless: 'published' | 'waiting';
}

/** The next keys of several uses, in one decision: an order to rotate is carried out whole or not at all. */
export interface RotateSigningKeys {
  readonly type: 'rotate-signing-keys';
  readonly keys: readonly CreateSigningKey[];
}

export interface PromoteSigningKey {
  readonly type: 'promote-signing-key';
  readonly kid: string;
  readonly now: number;
  /** How long clients may remember the published keys, in milliseconds: a key is published that long before it signs. */
  readonly publishedForMs: number;
  /** The longest life of a token that it will sign, clock tolerance included, in milliseconds. */
  readonly tokensLiveForMs: number;
}

/** Its tokens may live this long now; a shorter life changes nothing for those that live. */
export interface ExtendSigningKey {
  readonly type: 'extend-signing-key';
  readonly kid: string;
  readonly tokensLiveForMs: number;
}

export interface RetireSigningKey {
  readonly type: 'retire-signing-key';
  readonly kid: string;
  readonly now: number;
}

export type SigningKeyCommand =
  | CreateSigningKey
  | RotateSigningKeys
  | PromoteSigningKey
  | ExtendSigningKey
  | RetireSigningKey;
