import type { ReplyError } from '@evident/contracts';

/** What the caller is told of a fault; undefined: nothing but `fault.internal`. */
export type FaultMapper = (fault: unknown) => ReplyError | undefined;

const storeIsAway: ReplyError = { code: 'store.unavailable', retryAfterSeconds: 1 };

/** Fault codes of the event store's and the read model's ports. Matched as data: this room imports neither. */
const byFaultCode: Readonly<Record<string, ReplyError>> = {
  unavailable: storeIsAway,
  damaged: storeIsAway,
  'disk-full': storeIsAway,
  closed: storeIsAway,
  // Not a position that a caller brought from another log: this process lost its own, and has to be started again.
  'log-changed': storeIsAway,
};

/** The default: a store that is away, full, damaged or closing is said so; a bug stays `fault.internal`. */
export const storeFaults: FaultMapper = (fault) => {
  if (!(fault instanceof Error) || !/(?:EventStore|ReadModel)Fault$/.test(fault.name)) return undefined;
  const { code } = fault as { code?: unknown };
  return typeof code === 'string' ? byFaultCode[code] : undefined;
};
