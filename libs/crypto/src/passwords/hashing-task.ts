import type { PhcParameters } from './phc-string.ts';

/** What is sent to a hashing thread. */
export type HashingTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: PhcParameters }
  | { readonly kind: 'verify'; readonly password: string; readonly phc: string };

/** A computation that could not be made; it fails alone, not those it was sent with. */
export interface FailedTask {
  readonly kind: 'failed';
  readonly reason: string;
}

/** What it answers; `milliseconds` is the time of the computation alone, without any waiting. */
export type HashingResult =
  | { readonly kind: 'hash'; readonly phc: string; readonly milliseconds: number }
  | { readonly kind: 'verify'; readonly match: boolean; readonly milliseconds: number };

/** A thread was there, and could not compute the task: another one could not either. */
export class NotComputed extends Error {
  override readonly name = 'NotComputed';
}
