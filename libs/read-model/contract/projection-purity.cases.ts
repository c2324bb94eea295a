import assert from 'node:assert/strict';
import type { JsonObject, StoredEvent } from '@evident/event-store';
import type { ProjectedEvent } from '../src/projection.ts';
import { MemoryLog } from './memory-log.ts';
import type { ProjectionCase, ProjectionUnderTest } from './projection-case.ts';

export const projectionPurityCases: readonly ProjectionCase[] = [
  {
    name: 'the history shows every type that it applies',
    async run({ projection, history }) {
      const shown = new Set(history.map(({ event }) => event.type));
      assert.deepEqual(
        [...projection.types].filter((type) => !shown.has(type)),
        [],
      );
    },
  },
  {
    name: 'keys come from the event alone: whenever they are asked, in whatever order, they are the same',
    async run(subject) {
      const first = await decodeAll(subject);
      const second = (await decodeAll(subject)).toReversed();
      const keys = first.map((event) => subject.projection.keys(event));
      assert.deepEqual(second.map((event) => subject.projection.keys(event)).toReversed(), keys);
      assert.deepEqual(
        elsewhere(() => first.map((event) => subject.projection.keys(event))),
        keys,
      );
      for (const each of keys.flat())
        assert.ok(typeof each === 'string' && each.isWellFormed() && each.length <= 1024, `a key: ${each}`);
    },
  },
  {
    name: 'evolve changes neither the row nor the event that it is given',
    async run(subject) {
      await fold(subject, (before, event, key) => {
        deepFreeze(event);
        if (before !== undefined) deepFreeze(before);
        return subject.projection.evolve(before, event, key);
      });
    },
  },
  {
    name: 'evolve asks no clock, no chance and no memory of its own: the same gives the same',
    async run(subject) {
      await fold(subject, (before, event, key) => {
        const after = subject.projection.evolve(before, event, key);
        assert.deepEqual(
          elsewhere(() => subject.projection.evolve(before, event, key)),
          after,
          `${event.type} on ${key}`,
        );
        return after;
      });
    },
  },
  {
    name: 'rows are plain JSON, and what is indexed is text, number, boolean or null',
    async run(subject) {
      await fold(subject, (before, event, key) => {
        const after = subject.projection.evolve(before, event, key);
        if (after === undefined) return undefined;
        assert.deepEqual(JSON.parse(JSON.stringify(after)), after, `the row ${key} after ${event.type}`);
        for (const member of subject.projection.view.indexes.flat()) {
          assert.ok(typeof (after[member] ?? 0) !== 'object', `${member} of ${key} is indexed`);
        }
        return after;
      });
    },
  },
];

/** The history as a log stores it. */
export async function storedHistory({ history }: ProjectionUnderTest): Promise<readonly StoredEvent[]> {
  const log = new MemoryLog('history');
  for (const { stream, event } of history) await log.append(stream, [event]);
  const events = await log.readAll(undefined, history.length);
  return 'outcome' in events ? [] : events.map((each) => ({ ...each, recordedAt: 1_700_000_000_000 }));
}

async function decodeAll(subject: ProjectionUnderTest): Promise<readonly ProjectedEvent[]> {
  const events = (await storedHistory(subject)).filter(({ type }) => subject.projection.types.has(type));
  const decode = await subject.decode(events);
  return events.map((stored) => decode(stored));
}

/** Passes over the history with rows in a map, as plainly as a projection can be run. */
async function fold(
  subject: ProjectionUnderTest,
  evolve: (before: JsonObject | undefined, event: ProjectedEvent, key: string) => JsonObject | undefined,
): Promise<void> {
  const rows = new Map<string, JsonObject | undefined>();
  for (const event of await decodeAll(subject)) {
    for (const key of new Set(subject.projection.keys(event))) rows.set(key, evolve(rows.get(key), event, key));
  }
}

/** Does the work at another time and with other luck. */
function elsewhere<Result>(work: () => Result): Result {
  const { now } = Date;
  const { random } = Math;
  Date.now = () => now() + 86_400_000;
  Math.random = () => 1 - random();
  try {
    return work();
  } finally {
    Date.now = now;
    Math.random = random;
  }
}

function deepFreeze(value: object): void {
  Object.freeze(value);
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null && !Object.isFrozen(member)) deepFreeze(member);
  }
}
