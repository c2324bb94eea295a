import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from '../cloud-event.ts';
import { HandlerFailed } from '../errors.ts';

export interface HandlingOptions {
  /** Attempts at one event before the subscription ends; default 10. */
  readonly maxAttempts?: number;
  /** Pause after the first failure, doubling up to `longestPauseMs`; default 100. */
  readonly firstPauseMs?: number;
  /** Default 10,000. */
  readonly longestPauseMs?: number;
  /** Told of each failure. What it throws itself changes nothing. */
  readonly onError?: (error: unknown, context: { readonly event: CloudEvent; readonly attempt: number }) => void;
}

/** Repeats what fails, ever more slowly. False where it was stopped before it succeeded. */
export async function handleEvent(
  event: CloudEvent,
  work: () => unknown,
  options: HandlingOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { maxAttempts = 10, firstPauseMs = 100, longestPauseMs = 10_000, onError } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return true;
    } catch (error) {
      // Who is told decides nothing: begun anew for a fault of theirs, the attempts would never come to their end.
      new Promise((resolve) => resolve(onError?.(error, { event, attempt }))).catch(() => undefined);
      if (attempt >= maxAttempts) throw new HandlerFailed(event, attempt, error);
    }
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
  }
}
