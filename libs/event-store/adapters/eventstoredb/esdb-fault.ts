import { EventStoreFault } from '../../src/event-store.port.ts';

/**
 * Names what the client threw. It throws classes with a `type`, and now and then a bare gRPC error with a `code`;
 * messages may be empty.
 */
export function esdbFault(error: unknown, doing: string): EventStoreFault {
  if (error instanceof EventStoreFault) return error;
  const { code, ambiguous, what } = meaningOf(error);
  const said = error instanceof Error && error.message !== '' ? `: ${error.message}` : '';
  return new EventStoreFault(code, `${doing}: ${what}${said}`, { ambiguous, cause: error });
}

interface Meaning {
  readonly code: EventStoreFault['code'];
  /** Whether what was sent may have been written. */
  readonly ambiguous: boolean;
  readonly what: string;
}

const away = { code: 'unavailable', ambiguous: true } as const;
const refused = { code: 'misuse', ambiguous: false } as const;

const byType: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['not-leader', { code: 'unavailable', ambiguous: false, what: 'the node is not the leader' }],
  ['unavailable', { ...away, what: 'EventStoreDB is away' }],
  ['deadline-exceeded', { ...away, what: 'EventStoreDB did not answer in time' }],
  ['timeout', { ...away, what: 'EventStoreDB is overloaded' }],
  ['cancelled', { ...away, what: 'EventStoreDB broke off' }],
  ['stream-deleted', { code: 'damaged', ambiguous: false, what: 'the stream was deleted by hand' }],
  ['access-denied', { ...refused, what: 'the user in EVENT_STORE_URL may not do that' }],
  ['maximum-append-size-exceeded', { code: 'too-large', ambiguous: false, what: 'more than the server takes at once' }],
  ['invalid-argument', { ...refused, what: 'EventStoreDB does not take that' }],
]);

/** Status codes of gRPC (grpc.io/docs/guides/status-codes), where there is no type. */
const byCode: ReadonlyMap<number, string> = new Map([
  [1, 'cancelled'],
  [3, 'invalid-argument'],
  [4, 'deadline-exceeded'],
  [7, 'access-denied'],
  [8, 'timeout'],
  [10, 'timeout'],
  [14, 'unavailable'],
  [16, 'access-denied'],
]);

function meaningOf(error: unknown): Meaning {
  const known = byType.get(typeOf(error) ?? '') ?? byType.get(byCode.get(codeOf(error)) ?? '');
  if (known !== undefined) return known;
  // What a server says that is not known here happened on the server: it may pass, and may have been written.
  if (codeOf(error) >= 0) return { ...away, what: 'EventStoreDB failed' };
  return { ...refused, what: 'the client of EventStoreDB failed' };
}

export function typeOf(error: unknown): string | undefined {
  return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : -1;
}
