import type { CloudEvent } from './cloud-event.ts';
import type { Place } from './feed/checkpoint.ts';

/** Evident refused or did not answer. */
export class EvidentError extends Error {
  override readonly name: string = 'EvidentError';
  /** Stable, for programs: `unavailable`, `refused`, `unexpected`, or the code of the problem that was answered. */
  readonly code: string;
  readonly status: number | undefined;
  /** The same call may succeed after so long. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: string,
    message: string,
    more: { readonly status?: number; readonly retryAfterSeconds?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.status = more.status;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** A token that does not count. */
export class TokenRefused extends EvidentError {
  override readonly name = 'TokenRefused';
}

/** The handler failed as often as it may: the subscription has ended before this event, and nothing was skipped. */
export class HandlerFailed extends EvidentError {
  override readonly name = 'HandlerFailed';
  readonly event: CloudEvent;

  constructor(event: CloudEvent, attempts: number, cause: unknown) {
    super('handler-failed', `${event.type} ${event.id} at ${event.position} failed ${attempts} times`, { cause });
    this.event = event;
  }
}

/**
 * `checkpoint.save` failed: the events since the place that was kept last come again when the subscription begins anew. Or
 * `checkpoint.load` did: where to begin is not known, and nothing is handled.
 */
export class CheckpointFailed extends EvidentError {
  override readonly name = 'CheckpointFailed';
  /** What was to be kept; undefined where the place could not be read. */
  readonly place: Place | undefined;

  constructor(place: Place | undefined, cause: unknown) {
    const kept = `the place ${place?.position ?? 'before the first event'} could not be kept`;
    const failed = place === undefined ? 'the place where to go on could not be read' : kept;
    super('checkpoint-failed', `${failed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.place = place;
  }
}

/** Evident was restored or moved to another log: positions mean nothing any more. Build anew, from `start`. */
export class LogChanged extends EvidentError {
  override readonly name = 'LogChanged';

  constructor(position: string) {
    super('log-changed', `${position} is a position of another log; build anew with from: 'start' and no checkpoint`);
  }
}

/** JetStream no longer holds what comes next, and no `url` was given to read it from. */
export class EventsExpired extends EvidentError {
  override readonly name = 'EventsExpired';

  constructor(place: string) {
    super(
      'events-expired',
      `JetStream no longer holds what follows ${place}; give url and token to read it from the log`,
    );
  }
}
