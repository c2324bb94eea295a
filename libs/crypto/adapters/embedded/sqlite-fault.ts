/** The fault codes of the port that SQLite's errors turn into. */
export type SqliteFaultCode = 'damaged' | 'disk-full' | 'unavailable';

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

/** What an error of `node:sqlite` means for the caller. Extended result codes keep the primary one in the low byte. */
export function sqliteFaultCode(error: unknown): SqliteFaultCode {
  const extended = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  switch (extended & 0xff) {
    case CORRUPT:
    case NOT_A_DATABASE:
      return 'damaged';
    case FULL:
      return 'disk-full';
    default:
      return 'unavailable';
  }
}
