import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Position as LogPosition } from '@eventstore/db-client';
import { EventStoreFault, type StoredEvent } from '../../src/event-store.port.ts';
import { EsdbConnection } from './esdb-connection.ts';
import { esdbFault } from './esdb-fault.ts';
import { EsdbReader } from './esdb-reader.ts';
import { LiveEvents } from './live-events.ts';
import { readLogId } from './log-identity.ts';
import { placeIn } from './place.ts';

export interface FollowerOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly logId: string;
  readonly batchSize: number;
  /** Aborts when the follower is told to end, or the store is closed. */
  readonly signal: AbortSignal;
}

/** Subscriptions that may end without an event, one after the other, before that is a fault. */
const fruitlessAtMost = 5;

/**
 * Follows the log after a place with a client of its own: pages while it is behind, then a subscription, and pages
 * again from the last event that it gave whenever the subscription ends. So a dropped subscription is no gap.
 */
export async function* follow(
  after: LogPosition | undefined,
  { url, timeoutMs, logId, batchSize, signal }: FollowerOptions,
): AsyncGenerator<readonly StoredEvent[]> {
  const connection = new EsdbConnection(url, timeoutMs);
  const reader = new EsdbReader(connection, logId);
  let last = after;
  let fruitless = 0;
  const given = (events: readonly StoredEvent[]) => {
    const end = events.at(-1);
    if (end !== undefined) last = placeIn(logId, end.position) ?? last;
    fruitless = 0;
    return events;
  };
  try {
    while (!signal.aborted) {
      await mustStillBe(connection, logId);
      for (
        let page = await reader.after(last, batchSize);
        page.length > 0;
        page = await reader.after(last, batchSize)
      ) {
        if (signal.aborted) return;
        yield given(page);
        // A long catch-up must let timers and sockets have their turn.
        await nextTurn();
      }
      const live = new LiveEvents(connection, logId, last);
      try {
        for (let batch = await live.take(batchSize, signal); batch.length > 0 && !signal.aborted; ) {
          yield given(batch);
          batch = await live.take(batchSize, signal);
        }
      } finally {
        live.close();
      }
      if (signal.aborted) return;
      if (live.failure instanceof EventStoreFault) throw live.failure;
      fruitless += 1;
      if (fruitless > fruitlessAtMost) throw esdbFault(live.failure, 'following the log');
      await wait(Math.min(10 * 2 ** fruitless, 200));
    }
  } finally {
    await connection.dispose();
  }
}

/** A database that was put in the place of another must not be followed on as if it were the same. */
async function mustStillBe(connection: EsdbConnection, logId: string): Promise<void> {
  const found = await readLogId(connection);
  if (found === logId) return;
  throw new EventStoreFault('log-changed', `the log ${logId} was replaced by ${found ?? 'a new one'}`);
}
