import type { LogReader } from './log-reader.ts';

/** Events at either end of the log that are read at each opening; the rest is checked when it is read. */
const sample = 32;

/** Reads the log's beginning and end, which checks their digests. A full scan is `checkEmbeddedLog`. */
export function verifyEnd(reader: LogReader): void {
  const place = reader.end();
  reader.after(0, sample);
  for (const { stream } of reader.after(Math.max(0, place - sample), sample)) reader.streamEnd(stream, 1);
  reader.forget();
}
