import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExpiredAttempt, streams } from '@evident/domain';
import { type EventStore, EventStoreFault, eventDigest, type Position, type StoredEvent } from '@evident/event-store';

/** An event that was ever in the log, by its number from 1 as seals count them. */
export interface NumberedEvent {
  readonly number: number;
  readonly stream: string;
  readonly revision: number;
  /** Of one that the log let go of: where it stood in the log that it expired in. */
  readonly position: Position;
  readonly digest: string;
  readonly recordedAt: number;
  /** Undefined where the log let go of it. */
  readonly event: StoredEvent | undefined;
}

export interface NumberedLog {
  readonly tenant: string;
  readonly store: Pick<EventStore, 'readAll'>;
  /**
   * Attempts that expired with a number greater than one, in the order of the log. Asked again when there were no more and
   * the log goes on: some may have expired since, and an expiry is on the log before anything is let go of.
   */
  expired(after: number): AsyncIterable<ExpiredAttempt>;
  /** Where to begin: after the event with this number, which stands at this position or before it. */
  readonly start?: { readonly number: number; readonly after: Position | undefined };
  /** Events that are read at a time; 1,000 unless given. */
  readonly page?: number;
}

/**
 * All events that were ever in the log, in its order: what it let go of is put in its place by its number, so that seals
 * can be held against what is left and what is known of the rest. An attempt that expired and is still there (the end
 * of its stream, or the log has not let go of it yet) is told as any event. Positions count for nothing here: they are
 * others after a restore or a migration.
 */
export async function* numberedEvents(log: NumberedLog): AsyncGenerator<NumberedEvent> {
  let number = log.start?.number ?? 0;
  let expired: AsyncIterator<ExpiredAttempt>;
  let gone: ExpiredAttempt | undefined;
  const next = async () => {
    const { value, done } = await expired.next();
    gone = done === true ? undefined : value;
  };
  for await (const page of pagesOf(log)) {
    if (gone === undefined) {
      expired = log.expired(number)[Symbol.asyncIterator]();
      await next();
    }
    for (const event of page) {
      for (; gone?.number === number + 1 && !isOf(log.tenant, gone, event); await next()) {
        number += 1;
        yield withoutEvent(log.tenant, gone);
      }
      number += 1;
      if (gone?.number === number) await next();
      const { stream, revision, position, recordedAt } = event;
      yield { number, stream, revision, position, recordedAt, digest: eventDigest(event), event };
    }
  }
}

async function* pagesOf({ store, start, page: limit = 1_000 }: NumberedLog): AsyncGenerator<readonly StoredEvent[]> {
  for (let after = start?.after; ; ) {
    const page = await store.readAll(after, limit);
    if ('outcome' in page) throw new EventStoreFault('log-changed', 'the log was replaced while it was read');
    yield page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.position;
    // A long past must let timers and sockets have their turn.
    await nextTurn();
  }
}

function isOf(tenant: string, { id, revision }: ExpiredAttempt, event: StoredEvent): boolean {
  return event.revision === revision && event.stream === streams.signIn(tenant, id);
}

function withoutEvent(tenant: string, { id, number, revision, position, recordedAt, digest }: ExpiredAttempt) {
  const stream = streams.signIn(tenant, id);
  return { number, stream, revision, position: position as Position, recordedAt, digest, event: undefined };
}
