import { openLogFile } from './log-file.ts';
import { LogReader } from './log-reader.ts';

export interface LogHead {
  readonly logId: string;
  readonly events: number;
  /** Of the last event, milliseconds since the epoch; undefined where there is none. */
  readonly lastRecordedAt: number | undefined;
}

/** Where a log stands now, from its last event alone. Works beside a server. Throws `EventStoreFault`. */
export function readLogHead(path: string): LogHead {
  const { database, logId } = openLogFile(path, true);
  try {
    const reader = new LogReader(database, path, logId);
    const [last] = reader.before(undefined, 1);
    return { logId, events: reader.count(), lastRecordedAt: last?.recordedAt };
  } finally {
    database.close();
  }
}
