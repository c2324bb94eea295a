import { fail, type ReplyError, type RequestContext } from '@evident/contracts';
import type { EventStore, Position } from '@evident/event-store';
import type { Reached } from '@evident/read-model';
import type { Clock } from '@evident/runtime';

/** The longest that a read waits for a position; design section 9. */
export const longestWaitMs = 5_000;
/** Kept of the deadline, so that "not yet" itself arrives in time. */
const replyMarginMs = 50;

export interface AwaitPosition {
  readonly parse: EventStore['parsePosition'];
  readonly reached: (position: Position, withinMs: number) => Promise<Reached>;
  /** Where the rows stand, for the refusal. */
  readonly position: () => Position | undefined;
  readonly now: Clock;
}

/** Waits until the position that the request demands is passed; undefined where it is, else the refusal. */
export async function awaitPosition(
  { parse, reached, position, now }: AwaitPosition,
  { minPosition, deadline }: Pick<RequestContext, 'minPosition' | 'deadline'>,
): Promise<ReplyError | undefined> {
  if (minPosition === undefined) return undefined;
  const demanded = parse(minPosition);
  if (demanded === undefined) return fail('log.unknown-position').error;
  switch (await reached(demanded, waitFor(deadline, now))) {
    case 'reached':
      return undefined;
    case 'log-changed':
      return fail('log.changed').error;
    case 'not-yet':
      return notYet(position());
    case 'stopped':
    case 'taken-over':
      return fail('service.unavailable', { retryAfterSeconds: 1 }).error;
  }
}

/** Milliseconds that a read with this deadline may wait. */
export function waitFor(deadline: number, now: Clock): number {
  return Math.max(0, Math.min(longestWaitMs, deadline - now() - replyMarginMs));
}

export function notYet(position: Position | undefined): ReplyError {
  return fail('read.not-yet', { retryAfterSeconds: 1, ...(position === undefined ? {} : { position }) }).error;
}
