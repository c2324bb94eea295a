import { type CallerCheck, permit } from '@evident/caller';
import { type Reply, type ReplyError, type RequestContext, succeed } from '@evident/contracts';
import type { EventStore, RecentlyUsed } from '@evident/event-store';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import { awaitPosition } from './await-position.ts';
import type { Progress } from './progress.ts';

/** What the queries of the directory read from. */
export interface Reading {
  readonly tenant: string;
  readonly store: ReadModelStore;
  readonly directory: Progress;
  readonly events: Pick<EventStore, 'parsePosition' | 'lastPosition'>;
  readonly callers: CallerCheck;
  /** Whose integer ids are, by view and number, of those asked for lately. */
  readonly numbers: RecentlyUsed<string>;
  readonly now: Clock;
}

/** What a read found, or why it answers nothing. */
export type Found<Value> = { readonly found: Value } | { readonly error: ReplyError };

/**
 * Reads for whoever needs no permission: first waits for the position demanded, then answers with the position that
 * the rows had at least reached.
 */
export async function read<Value>(
  { directory, events, now }: Reading,
  context: RequestContext,
  find: () => Promise<Found<Value>>,
): Promise<Reply<Value>> {
  const late = await awaitPosition({ progress: directory, events, now }, context);
  if (late !== undefined) return { ok: false, error: late };
  // Asked before the rows: they can only be newer.
  const position = directory.position();
  const result = await find();
  return 'error' in result ? { ok: false, error: result.error } : succeed(result.found, position);
}

/** Reads for a caller who holds the scope. Who may not read learns nothing, not even how far the rows have come. */
export async function readAs<Value>(
  reading: Reading,
  context: RequestContext,
  scope: string,
  find: () => Promise<Found<Value>>,
): Promise<Reply<Value>> {
  const caller = await reading.callers.check(context.credential);
  if (!caller.ok) return caller;
  const refusal = permit(caller.caller, scope);
  return refusal === undefined ? read(reading, context, find) : { ok: false, error: refusal };
}
