import { randomUUID } from 'node:crypto';
import { eventRegistry, parseStreamName } from '@evident/domain';
import type { JsonObject, Position, StoredEvent } from '@evident/event-store';
import type { AnyProjection, ProjectedEvent } from '@evident/read-model';

/** Something that happened on a stream, as a rule of a projection is told. */
export interface Happened {
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Throws where the event is not one of the domain, so that no rule is shown by a fact that cannot be. */
export function happened(stream: string, type: string, data: JsonObject = {}, at = 0): Happened {
  const definition = eventRegistry.get(type);
  const read = eventRegistry.read(type, definition?.schema ?? 1, data);
  if ('problem' in read) throw new TypeError(read.message);
  return { stream, type, data, at };
}

/** The live rows after these events, by key: what a runner would leave behind. */
export function rowsAfter(projection: AnyProjection, history: readonly Happened[]): Record<string, JsonObject> {
  const rows: Record<string, JsonObject> = {};
  for (const event of projectedEvents(history)) {
    if (!projection.types.has(event.type)) continue;
    for (const key of projection.keys(event)) {
      const row = projection.evolve(rows[key], event, key);
      if (row === undefined) delete rows[key];
      else rows[key] = row;
    }
  }
  return rows;
}

function projectedEvents(history: readonly Happened[]): ProjectedEvent[] {
  const ends = new Map<string, number>();
  return history.map(({ stream, type, data, at }, place) => {
    const revision = (ends.get(stream) ?? -1) + 1;
    ends.set(stream, revision);
    const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: at };
    const position = `log~${String(place + 1).padStart(16, '0')}` as Position;
    const stored: StoredEvent = {
      id: randomUUID(),
      type,
      schema: 1,
      data,
      metadata,
      stream,
      revision,
      position,
      recordedAt: at,
    };
    const name = parseStreamName(stream);
    if (name === undefined) throw new TypeError(`${stream} is not the name of a stream`);
    return { stored, type, data, stream: name };
  });
}
