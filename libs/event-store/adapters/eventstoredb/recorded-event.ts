import { type JSONEventData, jsonEvent, type ResolvedEvent } from '@eventstore/db-client';
import { canonicalJson } from '../../src/canonical-json.ts';
import {
  type EventMetadata,
  EventStoreFault,
  type JsonObject,
  type NewEvent,
  type Position,
  type StoredEvent,
} from '../../src/event-store.port.ts';
import { printPosition } from './place.ts';

/** What stands beside the data of each event. */
interface StoredMetadata extends EventMetadata {
  readonly schema: number;
  /** Only where a migration kept the time of another log; otherwise the server's own time of writing counts. */
  readonly recordedAt?: number;
  /** The same of the position that it had there. */
  readonly origin?: Position;
}

/** What a migration keeps of an event's place in another log. */
export type KeptPlace = Required<Pick<StoredMetadata, 'recordedAt' | 'origin'>>;

/** The event as the client sends it. Shares nothing with what was given, which may change before it is sent. */
export function eventData({ id, type, schema, data, metadata }: NewEvent, kept?: KeptPlace): JSONEventData {
  const beside: StoredMetadata = { ...metadata, schema, ...kept };
  const [ownData, ownMetadata] = JSON.parse(JSON.stringify([data, beside])) as [JsonObject, Record<string, unknown>];
  return jsonEvent({ id, type, data: ownData, metadata: ownMetadata });
}

/** Whether what is stored says the same as what was sent. */
export function isAsSent({ schema, data, metadata }: StoredEvent, sent: JSONEventData): boolean {
  const { recordedAt: _time, origin: _place, ...beside } = sent.metadata as unknown as StoredMetadata;
  const told = { data: sent.data, beside: { ...beside } } as unknown as JsonObject;
  return canonicalJson({ data, beside: { ...metadata, schema } }) === canonicalJson(told);
}

/** True for what the server keeps for itself, and for events that are only links to others. */
export function isSystemEvent({ event }: ResolvedEvent): boolean {
  return event === undefined || event.type.startsWith('$') || event.streamId.startsWith('$');
}

/** Throws `damaged` for an event that is not of Evident: the log must be its own. */
export function storedEvent(logId: string, { event }: ResolvedEvent): StoredEvent {
  if (event?.position === undefined)
    throw new EventStoreFault('damaged', 'EventStoreDB gave an event without position');
  const { id, type, data, metadata, streamId: stream, created } = event;
  const beside: unknown = metadata;
  if (!event.isJson || !isObject(data) || !isStoredMetadata(beside)) {
    throw new EventStoreFault(
      'damaged',
      `event ${id} of ${stream} was not written by Evident, and Evident needs an EventStoreDB of its own`,
    );
  }
  const { schema, recordedAt = created.getTime(), origin, ...own } = beside;
  const position = printPosition(logId, event.position);
  const revision = Number(event.revision);
  const stored = { id, type, schema, data: data as JsonObject, metadata: own, stream, revision, position, recordedAt };
  return origin === undefined ? stored : { ...stored, origin };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStoredMetadata(value: unknown): value is StoredMetadata {
  return isObject(value) && typeof value.schema === 'number' && typeof value.commandId === 'string';
}
