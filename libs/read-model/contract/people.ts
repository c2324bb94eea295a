import assert from 'node:assert/strict';
import type { Position } from '@evident/event-store';
import type {
  AnyView,
  BatchOutcome,
  Checkpoint,
  ParkedEvent,
  Progress,
  ReadModelStore,
  RowWrite,
  View,
} from '../src/read-model.port.ts';
import { ReadModelFault, type ReadModelFaultCode } from '../src/read-model-fault.ts';
import type { ReadModelUnderTest } from './read-model-case.ts';

/** A view as services declare them; every case works with rows of this one. */
export type Person = {
  readonly tenant: string;
  readonly name: string;
  readonly age?: number | null;
  readonly active?: boolean;
  readonly note?: string;
};

export const people: View<Person> = {
  name: 'people',
  version: 1,
  indexes: [['tenant', 'name'], ['tenant', 'active', 'age'], ['age']],
};

/** Another shape of the same view. */
export const peopleAgain: View<Person> = { ...people, version: 2 };

export const group = 'directory';

/** The n-th position of a log. */
export function at(place: number, log = 'log-a'): Position {
  return `${log}~${String(place).padStart(16, '0')}` as Position;
}

export function upTo(place: number, log?: string): Progress {
  return { position: at(place, log), events: place };
}

export function write(key: string, row: Person | undefined, place: number, late?: string): RowWrite<Person> {
  return late === undefined ? { key, row, position: at(place) } : { key, row, position: at(place), late };
}

export function writesTo(view: AnyView, ...rows: readonly RowWrite[]): ReadonlyMap<AnyView, readonly RowWrite[]> {
  return new Map([[view, rows]]);
}

/** A group taken over on a new connection, with its view prepared. */
export async function takeOver(
  model: ReadModelUnderTest,
  name = group,
): Promise<{ readonly store: ReadModelStore; readonly epoch: number; readonly checkpoint: Checkpoint }> {
  const store = await model.connect();
  await store.prepare([people, peopleAgain]);
  const checkpoint = await store.takeOver(name);
  return { store, epoch: checkpoint.epoch, checkpoint };
}

/** A read model with these rows, all written at place 1. */
export async function withPeople(model: ReadModelUnderTest, rows: Readonly<Record<string, Person>>) {
  const taken = await takeOver(model);
  const writes = Object.entries(rows).map(([key, row]) => write(key, row, 1));
  assertApplied(
    await taken.store.applyBatch(group, { epoch: taken.epoch, progress: upTo(1), writes: writesTo(people, ...writes) }),
  );
  return taken;
}

export function parkedAt(place: number, stream: string, keys: readonly string[] = []): ParkedEvent {
  const named = { projection: 'people', stream, eventId: `event-${place}`, type: 'person.named', revision: place };
  return { ...named, position: at(place), error: 'Error: no', keys };
}

export function assertApplied(outcome: BatchOutcome): void {
  assert.deepEqual(outcome, { outcome: 'applied' });
}

export async function assertFault(call: Promise<unknown>, code: ReadModelFaultCode): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof ReadModelFault, `a ReadModelFault, not ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return true;
  });
}
