import type { RetentionEvent } from './events.ts';

/** Each expiry says all that the next one needs, so a fold may begin at the last event. */
export interface RetentionState {
  /** Number of the last event that was looked at. */
  readonly upTo: number;
  /** Attempts that have expired. */
  readonly total: number;
  readonly before: number | undefined;
}

export const initialRetention: RetentionState = { upTo: 0, total: 0, before: undefined };

export function evolveRetention(_state: RetentionState, { data }: RetentionEvent): RetentionState {
  const { upTo, total, before } = data;
  return { upTo, total, before };
}
