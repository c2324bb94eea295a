import { BACKWARDS, END, type Position as LogPosition, START } from '@eventstore/db-client';
import type { StoredEvent } from '../../src/event-store.port.ts';
import type { EsdbConnection } from './esdb-connection.ts';
import { comparePlaces } from './place.ts';
import { isSystemEvent, storedEvent } from './recorded-event.ts';

/** Events of one call to the server: enough for its speed, and not too many to hold. */
const pageSize = 1_000;

/** Reads from the leader, which has every acknowledged append. Reads of the client begin with the place they name. */
export class EsdbReader {
  readonly #connection: EsdbConnection;
  readonly #logId: string;

  constructor(connection: EsdbConnection, logId: string) {
    this.#connection = connection;
    this.#logId = logId;
  }

  /** Events of a stream from revision `from` on, at most `limit`. */
  async stream(stream: string, from: number, limit = Number.POSITIVE_INFINITY): Promise<StoredEvent[]> {
    const { client, call } = this.#connection;
    const found: StoredEvent[] = [];
    for (let next = from; found.length < limit; ) {
      const maxCount = Math.min(pageSize, limit - found.length);
      const page = await this.#connection.read(`reading ${stream}`, () =>
        client.readStream(stream, { ...call, fromRevision: BigInt(next), maxCount }),
      );
      for (const event of page) found.push(storedEvent(this.#logId, event));
      if (page.length < maxCount) break;
      next = (found.at(-1)?.revision ?? next) + 1;
    }
    return found;
  }

  /** The last `count` events of a stream, oldest first. */
  async streamEnd(stream: string, count: number): Promise<StoredEvent[]> {
    const { client, call } = this.#connection;
    const found: StoredEvent[] = [];
    for (let from: bigint | typeof END = END; found.length < count; ) {
      const maxCount = Math.min(pageSize, count - found.length);
      const fromRevision: bigint | typeof END = from;
      const page = await this.#connection.read(`reading the end of ${stream}`, () =>
        client.readStream(stream, { ...call, direction: BACKWARDS, fromRevision, maxCount }),
      );
      for (const event of page) found.push(storedEvent(this.#logId, event));
      const oldest = found.at(-1)?.revision ?? 0;
      if (page.length < maxCount || oldest === 0) break;
      from = BigInt(oldest - 1);
    }
    return found.reverse();
  }

  /** The stream of the first event that is not the server's own, whoever wrote it. */
  async anyStream(): Promise<string | undefined> {
    const { client, call } = this.#connection;
    for (let from: LogPosition | typeof START = START; ; ) {
      const fromPosition: LogPosition | typeof START = from;
      const page = await this.#connection.read('looking whether the log is empty', () =>
        client.readAll({ ...call, fromPosition, maxCount: pageSize }),
      );
      const found = page.find((event) => !isSystemEvent(event))?.event?.streamId;
      const reached = page.at(-1)?.event?.position;
      if (found !== undefined) return found;
      if (page.length < pageSize || reached === undefined) return undefined;
      from = reached;
    }
  }

  /** Up to `limit` events of all streams strictly after a place; fewer only at the end of the log. */
  async after(place: LogPosition | undefined, limit: number): Promise<StoredEvent[]> {
    const { client, call } = this.#connection;
    const found: StoredEvent[] = [];
    for (let from = place; found.length < limit; ) {
      const fromPosition = from ?? START;
      // One more than is wanted, because the first is the one at the place; more where system events lie between.
      const maxCount = Math.min(pageSize, Math.max(32, limit - found.length + 1));
      const page = await this.#connection.read('reading the log', () =>
        client.readAll({ ...call, fromPosition, maxCount }),
      );
      for (const event of page) {
        const at = event.event?.position;
        if (at === undefined || isSystemEvent(event) || (from !== undefined && comparePlaces(at, from) <= 0)) continue;
        if (found.length < limit) found.push(storedEvent(this.#logId, event));
      }
      const reached = page.at(-1)?.event?.position;
      if (page.length < maxCount || reached === undefined) break;
      from = reached;
    }
    return found;
  }

  /** Up to `limit` events of all streams strictly before a place, the latest first; fewer only at the beginning. */
  async before(place: LogPosition | undefined, limit: number): Promise<StoredEvent[]> {
    const { client, call } = this.#connection;
    const found: StoredEvent[] = [];
    for (let from = place; found.length < limit; ) {
      const fromPosition = from ?? END;
      const maxCount = Math.min(pageSize, Math.max(8, limit - found.length + 1));
      const page = await this.#connection.read('reading the log backwards', () =>
        client.readAll({ ...call, direction: BACKWARDS, fromPosition, maxCount }),
      );
      for (const event of page) {
        const at = event.event?.position;
        if (at === undefined || isSystemEvent(event) || (from !== undefined && comparePlaces(at, from) >= 0)) continue;
        if (found.length < limit) found.push(storedEvent(this.#logId, event));
      }
      const reached = page.at(-1)?.event?.position;
      if (page.length < maxCount || reached === undefined) break;
      from = reached;
    }
    return found;
  }
}
