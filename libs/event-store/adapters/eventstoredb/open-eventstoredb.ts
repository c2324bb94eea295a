import type { EventStore } from '../../src/event-store.port.ts';
import { EsdbConnection } from './esdb-connection.ts';
import { EventStoreDbEventStore } from './eventstoredb-event-store.ts';
import { readOrMakeLogId } from './log-identity.ts';

export interface EventStoreDbOptions {
  /** `esdb://` or `esdb+discover://`, with TLS, credentials and certificates as its parameters say. */
  readonly url: string;
  /** Where given, an event of any other tenant is refused as `misuse`. */
  readonly tenant?: string;
  /** False: a database that holds no log is refused as `misuse`, and not made one. True unless given. */
  readonly mayMake?: boolean;
  /** Milliseconds that one call to the server may take; 3,000 unless given. */
  readonly timeoutMs?: number;
  /** Milliseconds after which an append is tried no more; 5,000 unless given. */
  readonly appendForMs?: number;
}

/**
 * Opens the log in an EventStoreDB, which must hold nothing but it. Several processes may have it open. The user needs
 * to read and write streams and to read `$all`. Throws `EventStoreFault` with a message that names what to do.
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStore> {
  const { url, tenant, timeoutMs = 3_000, appendForMs = 5_000 } = options;
  const connection = new EsdbConnection(url, timeoutMs);
  try {
    const logId = await readOrMakeLogId(connection, options.mayMake ?? true);
    const bounds = { attemptMs: timeoutMs, totalMs: appendForMs };
    return new EventStoreDbEventStore(connection, { url, logId, tenant, timeoutMs, bounds });
  } catch (error) {
    await connection.dispose();
    throw error;
  }
}
