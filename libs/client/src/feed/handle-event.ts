import type { CloudEvent } from '../cloud-event.ts';
import { HandlerFailed } from '../errors.ts';
import { type Pauses, repeatUntilDone } from './repeat-until-done.ts';

/** Of an event that could not be handled; where it has none, of a place that could not be read or kept, or of NATS or Evident. */
export interface Failure {
  readonly event: CloudEvent | undefined;
  /** From 1. */
  readonly attempt: number;
}

export interface HandlingOptions extends Pauses {
  /** Attempts at one event before the subscription ends; default 10. */
  readonly maxAttempts?: number;
  /**
   * Told of each failure of `handle`, with a `CheckpointFailed` of each of `checkpoint`, and of NATS or Evident that is away
   * or refuses. What it throws itself changes nothing. Left out, the first in a row of the latter two is a warning of
   * the process.
   */
  readonly onError?: (error: unknown, failure: Failure) => void;
}

/** Repeats what fails, ever more slowly. False where it was stopped before it succeeded. */
export function handleEvent(
  event: CloudEvent,
  work: () => unknown,
  options: HandlingOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { maxAttempts = 10 } = options;
  const failed = (error: unknown, attempt: number) => {
    tellOf(error, { event, attempt }, options);
    if (attempt >= maxAttempts) throw new HandlerFailed(event, attempt, error);
  };
  return repeatUntilDone(work, failed, options, signal);
}

/** Who is told decides nothing: begun anew for a fault of theirs, the attempts would never come to their end. */
export function tellOf(error: unknown, failure: Failure, { onError }: HandlingOptions): void {
  new Promise((resolve) => resolve(onError?.(error, failure))).catch(() => undefined);
}
