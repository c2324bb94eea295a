import { openLogFile } from './log-file.ts';

export interface LogHead {
  readonly logId: string;
  readonly events: number;
  /** Milliseconds since the epoch at the last commit; undefined where there is no event. */
  readonly lastRecordedAt: number | undefined;
}

/** Where a log stands, without reading events. Works beside a server. Throws `EventStoreFault`. */
export function readLogHead(path: string): LogHead {
  const { database, logId } = openLogFile(path, true);
  try {
    const row = database.prepare('SELECT last_place, last_recorded_at FROM log').get();
    const events = Number(row?.last_place);
    return { logId, events, lastRecordedAt: events === 0 ? undefined : Number(row?.last_recorded_at) };
  } finally {
    database.close();
  }
}
