import { randomBytes } from 'node:crypto';

/** A name for a new log that no other has: 16 of 0-9 and a-z. */
export function newLogId(): string {
  return BigInt(`0x1${randomBytes(10).toString('hex')}`)
    .toString(36)
    .slice(-16);
}
