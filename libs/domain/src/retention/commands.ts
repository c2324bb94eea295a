import type { Expiry } from './events.ts';

export interface ExpireSignIns {
  readonly type: 'expire-sign-ins';
  readonly expiry: Expiry;
  /** Number of the last event that a seal covers. */
  readonly sealedUpTo: number;
}
