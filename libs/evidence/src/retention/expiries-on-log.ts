import { type Expiry, streams } from '@evident/domain';
import { type EventCodec, type EventStore, EventStoreFault, type StoredEvent } from '@evident/event-store';

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

/** By halves: the revision of the first expiry that goes beyond the number. */
async function firstAfter(log: ExpiryLog, number: number): Promise<number> {
  const stream = streams.retention(log.tenant);
  const [last] = await log.store.readStreamEnd(stream, 1);
  let [low, high] = [0, (last?.revision ?? -1) + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [event] = await log.store.readStream(stream, { from: middle, limit: 1 });
    if (event === undefined || (await expiryOf(log, event)).upTo > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function expiryOf({ codec }: ExpiryLog, stored: StoredEvent): Promise<Expiry> {
  const decoded = await codec.decode(stored);
  if (!('problem' in decoded)) return decoded.data as Expiry;
  throw new EventStoreFault('damaged', `the expiry at position ${stored.position} cannot be read: ${decoded.message}`);
}
