export type ReadModelFaultCode = 'unavailable' | 'damaged' | 'disk-full' | 'unfit-row' | 'closed' | 'misuse';

/**
 * What a store throws when it cannot do its work; everything expected is an outcome instead.
 *
 * - `unavailable`: away or busy; the same call may succeed later.
 * - `disk-full`: nothing was written; the same call succeeds once there is room.
 * - `damaged`: the store's own data cannot be read; it has to be built again from the log.
 * - `unfit-row`: a row or key of this batch cannot be stored at all (no JSON, too large, an index on an object).
 * - `closed`, `misuse`: the caller's mistake; repeating the call changes nothing.
 */
export class ReadModelFault extends Error {
  override readonly name = 'ReadModelFault';
  readonly code: ReadModelFaultCode;
  constructor(code: ReadModelFaultCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
