import {
  type EventStore,
  EventStoreFault,
  type LogChanged,
  type Position,
  type StoredEvent,
} from '../../src/event-store.port.ts';
import { openExclusively } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import { placeIn } from './place.ts';
import { verifyEnd } from './quick-check.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** A log that is held still: what it has is all that it will have until it is let go. */
export interface LockedLog extends Pick<EventStore, 'logId' | 'readAll'> {
  readonly events: number;
  /** Lets others have it. */
  close(): void;
}

/**
 * Holds a log so that nobody can write or even open it. Throws `unavailable` where another process has it open, also
 * one that only reads.
 */
export function lockEmbeddedLog(path: string): LockedLog {
  const { database, logId } = openExclusively(path);
  try {
    const reader = new LogReader(database, path, logId);
    verifyEnd(reader);
    return {
      logId,
      events: reader.count(),
      readAll: (after, limit) => readAll(reader, { path, logId, after, limit }),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw sqliteFault(error, path);
  }
}

/** `EventStore.readAll` on the calling thread. */
export async function readAll(
  reader: LogReader,
  page: { readonly path: string; readonly logId: string; readonly after: Position | undefined; readonly limit: number },
): Promise<readonly StoredEvent[] | LogChanged> {
  const { path, logId, after, limit } = page;
  try {
    const place = after === undefined ? 0 : placeIn(logId, after);
    if (place === undefined || place > reader.end()) return { outcome: 'log-changed', logId };
    return reader.after(place, limit);
  } catch (error) {
    throw error instanceof EventStoreFault ? error : sqliteFault(error, path);
  }
}
