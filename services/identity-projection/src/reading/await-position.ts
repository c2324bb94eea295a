import { fail, type ReplyError, type RequestContext } from '@evident/contracts';
import type { EventStore, Position } from '@evident/event-store';
import type { Reached } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import type { Progress } from './progress.ts';

/** The longest that a read waits for a position; design section 9. */
export const longestWaitMs = 5_000;
/** Kept of the deadline, so that "not yet" itself arrives in time. */
const replyMarginMs = 50;
/** Rows pass within it what the log holds, or they are slow: then the log is asked whether it holds the position at all. */
const unaskedMs = 100;

export interface AwaitPosition {
  /** What has to pass the position. */
  readonly progress: Pick<Progress, 'position' | 'reached'> & Partial<Pick<Progress, 'known'>>;
  readonly events: Pick<EventStore, 'parsePosition' | 'lastPosition'>;
  readonly now: Clock;
}

/**
 * Waits until the position that the request demands is passed; undefined where it is, else the refusal. What the log does
 * not hold is not waited for: nothing that was acknowledged stands there. Without a position it waits only for what is
 * known a moment after the start: which rows may be stale.
 */
export async function awaitPosition(
  { progress, events, now }: AwaitPosition,
  { minPosition, deadline }: Pick<RequestContext, 'minPosition' | 'deadline'>,
): Promise<ReplyError | undefined> {
  if (minPosition === undefined) {
    if ((await progress.known?.(waitFor(deadline, now))) !== false) return undefined;
    return fail('service.unavailable', { retryAfterSeconds: 1 }).error;
  }
  const demanded = events.parsePosition(minPosition);
  if (demanded === undefined) return fail('log.unknown-position').error;
  switch (await reachedInTime({ progress, events }, demanded, waitFor(deadline, now))) {
    case 'reached':
      return undefined;
    case 'log-changed':
      return fail('log.changed').error;
    case 'not-yet':
      return notYet(progress.position());
    case 'stopped':
    case 'taken-over':
      return fail('service.unavailable', { retryAfterSeconds: 1 }).error;
  }
}

async function reachedInTime(
  { progress, events }: Pick<AwaitPosition, 'progress' | 'events'>,
  demanded: Position,
  withinMs: number,
): Promise<Reached> {
  const early = await progress.reached(demanded, Math.min(withinMs, unaskedMs));
  if (early !== 'not-yet' || withinMs <= unaskedMs) return early;
  return (await isAhead(events, demanded)) ? early : progress.reached(demanded, withinMs - unaskedMs);
}

/** False where the leader cannot be asked: who demands what it holds goes on waiting. */
async function isAhead(events: Pick<EventStore, 'lastPosition'>, demanded: Position): Promise<boolean> {
  const head = await events.lastPosition().catch(() => demanded);
  return head === undefined || head < demanded;
}

/** Milliseconds that a read with this deadline may wait. */
export function waitFor(deadline: number, now: Clock): number {
  return Math.max(0, Math.min(longestWaitMs, deadline - now() - replyMarginMs));
}

export function notYet(position: Position | undefined): ReplyError {
  return fail('read.not-yet', { retryAfterSeconds: 1, ...(position === undefined ? {} : { position }) }).error;
}
