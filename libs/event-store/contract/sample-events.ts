import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type {
  AppendOutcome,
  EventStore,
  JsonObject,
  NewEvent,
  Position,
  StoredEvent,
} from '../src/event-store.port.ts';

/** The name of a stream that nothing else uses. */
export function aStream(category = 'sample'): string {
  return `${category}-main.${randomUUID()}`;
}

/** An event that is like any other. */
export function anEvent(data: JsonObject = { what: 'happened' }, id: string = randomUUID()): NewEvent {
  return {
    id,
    type: 'sample.happened',
    schema: 1,
    data,
    metadata: {
      tenant: 'main',
      actor: 'system',
      commandId: randomUUID(),
      correlationId: randomUUID(),
      occurredAt: 1_700_000_000_000,
    },
  };
}

export function someEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, number) => anEvent({ number }));
}

/** What one writer wrote, without its place. */
export function asWritten({ id, type, schema, data, metadata }: NewEvent): NewEvent {
  return { id, type, schema, data, metadata };
}

export function idsOf(events: readonly NewEvent[]): string[] {
  return events.map(({ id }) => id);
}

export function assertAppended(outcome: AppendOutcome): AppendOutcome & { outcome: 'appended' } {
  if (outcome.outcome !== 'appended') assert.fail(`expected to be appended, got ${JSON.stringify(outcome)}`);
  return outcome;
}

export function assertConflict(outcome: AppendOutcome, actual: number): void {
  assert.deepEqual(outcome, { outcome: 'conflict', actual });
}

/** Appends events one by one to a stream, whatever its end. */
export async function appendEach(store: EventStore, stream: string, events: readonly NewEvent[]): Promise<Position[]> {
  const positions: Position[] = [];
  for (const event of events) positions.push(assertAppended(await store.append(stream, [event], 'any')).position);
  return positions;
}

/** Everything after a position, read page by page. */
export async function readOn(store: EventStore, after: Position | undefined, page = 100): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (;;) {
    const events = await store.readAll(all.at(-1)?.position ?? after, page);
    if ('outcome' in events) assert.fail(`the log changed to ${events.logId}`);
    all.push(...events);
    if (events.length < page) return all;
  }
}

export async function assertFault(doing: () => Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(doing, { name: 'EventStoreFault', code });
}
