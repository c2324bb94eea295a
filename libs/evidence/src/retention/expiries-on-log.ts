import { type Expiry, type RetentionEvent, streams } from '@evident/domain';
import { type EventCodec, type EventStore, readable, type StoredEvent } from '@evident/event-store';
import { firstRevisionPast } from '../first-revision.ts';

/** Where expiries are read. */
export interface ExpiryLog {
  readonly store: Pick<EventStore, 'readStream' | 'readStreamEnd'>;
  readonly codec: Pick<EventCodec, 'decode'>;
  readonly tenant: string;
}

/** An expiry holds up to some hundred attempts. */
const perPage = 16;

/** Expiries that list attempts after an event of the log, named by its number; in their order, all from 0. */
export async function* expiriesAfter(log: ExpiryLog, number: number): AsyncGenerator<Expiry> {
  const stream = streams.retention(log.tenant);
  for (let from = number === 0 ? 0 : await firstAfter(log, number); ; from += perPage) {
    const page = await log.store.readStream(stream, { from, limit: perPage });
    for (const stored of page) yield await expiryOf(log, stored);
    if (page.length < perPage) return;
  }
}

export async function lastExpiry(log: ExpiryLog): Promise<Expiry | undefined> {
  const [last] = await log.store.readStreamEnd(streams.retention(log.tenant), 1);
  return last === undefined ? undefined : expiryOf(log, last);
}

/** The revision of the first expiry that goes beyond the number. */
function firstAfter(log: ExpiryLog, number: number): Promise<number> {
  const goesBeyond = async (stored: StoredEvent) => (await expiryOf(log, stored)).upTo > number;
  return firstRevisionPast(log.store, streams.retention(log.tenant), goesBeyond);
}

async function expiryOf({ codec }: ExpiryLog, stored: StoredEvent): Promise<Expiry> {
  return readable<RetentionEvent>(await codec.decode(stored)).data;
}
