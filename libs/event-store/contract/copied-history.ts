import { randomUUID } from 'node:crypto';
import type { EventStore, Position, StoredEvent } from '../src/event-store.port.ts';
import { newLogId } from '../src/log-id.ts';
import { anEvent } from './sample-events.ts';

/** A log that is read and never written. */
export interface History extends Pick<EventStore, 'logId' | 'readAll'> {
  readonly events: readonly StoredEvent[];
}

/** What a copy must not change. */
export function noted(events: readonly StoredEvent[]) {
  return events.map(({ id, type, schema, data, metadata, stream, revision, recordedAt }) => ({
    ...{ id, type, schema, data, metadata, stream, revision, recordedAt },
  }));
}

/** Events of four streams in turns that look like those of a log of some days ago; some at the same moment. */
export function historyOf(count: number): History {
  const streams = Array.from({ length: 4 }, () => `sample-main.${randomUUID()}`);
  const ends = new Map<string, number>();
  const logId = newLogId();
  let recordedAt = Date.now() - 86_400_000;
  const events = Array.from({ length: count }, (_, number): StoredEvent => {
    const stream = streams[(number * number + (number >> 2)) % streams.length] ?? '';
    const revision = (ends.get(stream) ?? -1) + 1;
    ends.set(stream, revision);
    recordedAt += number % 3;
    // Places with gaps, as those of a server are.
    const position = `${logId}~${String(number * 37 + 5).padStart(16, '0')}` as Position;
    return { ...anEvent({ number, text: 'Ünïcödé \u0000' }), stream, revision, recordedAt, position };
  });
  return copiedHistory(logId, events);
}

export function copiedHistory(logId: string, events: readonly StoredEvent[]): History {
  return {
    ...{ logId, events },
    async readAll(after, limit) {
      const first = after === undefined ? 0 : events.findIndex(({ position }) => position > after);
      return first === -1 ? [] : events.slice(first, first + limit);
    },
  };
}
