import { eventRegistry, streams } from '@evident/domain';
import {
  createEventCodec,
  type EventStore,
  eventId,
  type NewEvent,
  noPersonKeys,
  streamInTurns,
  uuid5,
} from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import type { Clock } from '@evident/runtime';

const userId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Erasures that are asked for in one append. */
const batchSize = 500;

export interface ErasuresToRequest {
  readonly tenant: string;
  readonly erasures: readonly string[];
  readonly now: Clock;
}

/**
 * Asks the restored log to erase everyone in the list who was erased after the backup: their keys are not restored, and
 * the first server that starts ends their accounts before it serves. The list is of everyone who was ever erased, and
 * nobody else writes this log: so what was asked for before is read once, and not for each of them.
 */
export async function requestErasures(path: string, { tenant, erasures, now }: ErasuresToRequest): Promise<void> {
  // Keys of months, for attempts where nobody was found, belong to no account.
  const people = erasures.filter((person) => userId.test(person));
  if (people.length === 0) return;
  const store = await openEmbeddedEventStore({ path, tenant, now });
  const stream = streams.erasures(tenant);
  try {
    const before = await requestedBefore(store, stream);
    const missing = [...new Set(people)].filter((person) => !before.has(person));
    for (let start = 0; start < missing.length; start += batchSize) {
      const batch = missing.slice(start, start + batchSize);
      const events = await Promise.all(batch.map((person) => requestOf(person, { tenant, stream, at: now() })));
      await store.append(stream, events.flat(), 'any');
    }
  } finally {
    await store.close();
  }
}

async function requestedBefore(store: EventStore, stream: string): Promise<ReadonlySet<unknown>> {
  const requested = new Set<unknown>();
  for await (const page of streamInTurns(store, stream)) {
    for (const { data } of page) requested.add(data.userId);
  }
  return requested;
}

const codec = createEventCodec(eventRegistry, noPersonKeys);

function requestOf(
  person: string,
  { tenant, stream, at }: { readonly tenant: string; readonly stream: string; readonly at: number },
): readonly NewEvent[] | Promise<readonly NewEvent[]> {
  const commandId = uuid5(`restored-erasure/${tenant}/${person}`);
  const metadata = { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: at };
  const data = { userId: person, identifiers: 'kept' };
  const id = eventId(commandId, stream, `request-erasure ${person}`, 0);
  return codec.encode([{ id, type: 'erasure.requested', data }], { stream, metadata });
}
