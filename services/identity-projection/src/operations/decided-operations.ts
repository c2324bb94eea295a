import { type OperationEvent, operationEvents, streams } from '@evident/domain';
import { readable, type StoredEvent } from '@evident/event-store';
import type { Log } from '@evident/log';

/** What an operator asked for, and where it stands in the log. */
export interface DecidedOperation {
  readonly event: OperationEvent;
  /** Of the event that says it: names the work. */
  readonly id: string;
  readonly projection: string;
  readonly stored: StoredEvent;
}

const types: ReadonlySet<string> = new Set(operationEvents.map(({ type }) => type));

/** The decision that an event says; undefined where it is about something else. */
export async function asOperation(codec: Log['codec'], stored: StoredEvent): Promise<DecidedOperation | undefined> {
  if (!types.has(stored.type)) return undefined;
  const event = readable<OperationEvent>(await codec.decode(stored));
  return { event, id: stored.id, projection: event.data.projection, stored };
}

/** Everything that was decided about one projection, in order. */
export async function readOperations(
  { store, codec, tenant }: Pick<Log, 'store' | 'codec' | 'tenant'>,
  projection: string,
): Promise<readonly DecidedOperation[]> {
  const found: DecidedOperation[] = [];
  for (const stored of await store.readStream(streams.operations(tenant, projection))) {
    const operation = await asOperation(codec, stored);
    if (operation !== undefined) found.push(operation);
  }
  return found;
}

/** Whether it was decided so far that a projection never applies an event: for rows that are built beside a server. */
export async function discardedSoFar(
  log: Pick<Log, 'store' | 'codec' | 'tenant'>,
  projections: readonly { readonly name: string }[],
): Promise<(projection: string, eventId: string) => boolean> {
  const discarded = new Set<string>();
  for (const { name } of projections) {
    for (const { event } of await readOperations(log, name)) {
      if (event.type === 'projection.event-discarded') discarded.add(`${name} ${event.data.eventId}`);
    }
  }
  return (projection, eventId) => discarded.has(`${projection} ${eventId}`);
}
