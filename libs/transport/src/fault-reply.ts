import type { ReplyError } from '@evident/contracts';

/** What the caller is told of a fault; undefined: nothing but `fault.internal`. */
export type FaultMapper = (fault: unknown) => ReplyError | undefined;

const storeIsAway: ReplyError = { code: 'store.unavailable', retryAfterSeconds: 1 };

/** Fault codes by the faults of each port. Matched as data: this room imports none of them. */
const ofStores: Readonly<Record<string, ReplyError>> = {
  unavailable: storeIsAway,
  damaged: storeIsAway,
  'disk-full': storeIsAway,
  closed: storeIsAway,
  // Not a position that a caller brought from another log: this process lost its own, and has to be started again.
  'log-changed': storeIsAway,
};

/** What was sealed and then altered (`damaged`) does not heal by waiting: it stays a fault of ours. */
const ofPersonKeys: Readonly<Record<string, ReplyError>> = {
  unavailable: storeIsAway,
  'disk-full': storeIsAway,
  closed: storeIsAway,
};

/** Where no thread was to be had nothing was decided, and the next one may be had. A hash that is none stays a fault of ours. */
const ofPasswords: Readonly<Record<string, ReplyError>> = {
  'thread-failed': { code: 'load.shed', retryAfterSeconds: 1 },
};

const byFault: Readonly<Record<string, Readonly<Record<string, ReplyError>>>> = {
  EventStoreFault: ofStores,
  ReadModelFault: ofStores,
  PersonKeysFault: ofPersonKeys,
  PasswordHashFault: ofPasswords,
};

/**
 * The default: a store that is away, full, damaged or closing is said so, and so is a shortage of threads; a bug stays
 * `fault.internal`.
 */
export const storeFaults: FaultMapper = (fault) => {
  if (!(fault instanceof Error)) return undefined;
  const { code } = fault as { code?: unknown };
  return typeof code === 'string' ? byFault[fault.name]?.[code] : undefined;
};
