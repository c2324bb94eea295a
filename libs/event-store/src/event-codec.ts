import { type DomainEvent, parseStreamName, type StreamName } from '@evident/domain';
import type { EventRegistryLike } from './event-registry.port.ts';
import {
  type EventMetadata,
  EventStoreFault,
  installNewest,
  type Json,
  type JsonObject,
  type NewEvent,
  type StoredEvent,
} from './event-store.port.ts';
import type { PersonSealer } from './person-sealer.port.ts';

/** What a personal member reads as once the person's key is gone. */
export const erased = 'erased';

/** Metadata of a command: client address and agent still in the clear, with the person they are about. */
export interface CommandMetadata extends Omit<EventMetadata, 'sealedClient'> {
  readonly clientIp?: string;
  readonly userAgent?: string;
  /** Whose key seals the two; required where either is given. */
  readonly clientPerson?: string;
}

export interface EventToEncode extends DomainEvent {
  readonly id: string;
}

export interface EncodeContext {
  readonly stream: string;
  /** Whose key seals the personal members; the id of the stream where left out; null where they are about nobody. */
  readonly person?: string | null;
  readonly metadata: CommandMetadata;
}

export interface Client {
  readonly ip?: string;
  readonly userAgent?: string;
}

/** A stored event in the newest shape, personal members open (or `"erased"`). */
export interface DecodedEvent extends DomainEvent {
  readonly stored: StoredEvent;
  readonly stream: StreamName;
  /** Opens client address and agent; undefined where none were known, `"erased"` where the key is gone. */
  client(): Promise<Client | typeof erased | undefined>;
}

/** An event with its type known: which types a stream holds, its category says. */
export type RecordedEvent<Event extends DomainEvent> = DecodedEvent & Event;

/** An event that this program cannot read: a newer program wrote it, or a bug did. Poison, never to be skipped. */
export interface UnreadableEvent {
  readonly stored: StoredEvent;
  readonly problem: string;
  readonly message: string;
}

/** Turns domain events into their stored form and back. Answers without a promise where the sealer does. */
export interface EventCodec {
  /**
   * Checks each event against its definition (a wrong one is a bug: `misuse`), then seals its personal members in
   * one box and the client in another.
   */
  encode(events: readonly EventToEncode[], context: EncodeContext): readonly NewEvent[] | Promise<readonly NewEvent[]>;
  /** What cannot be read is told, not thrown. Rejects where the sealer does: then the keys are away, and it may work later. */
  decode(stored: StoredEvent): DecodedEvent | UnreadableEvent | Promise<DecodedEvent | UnreadableEvent>;
}

/**
 * The event, or the fault `damaged` that names its position where it cannot be read. `Event` is what the stream holds by
 * its category: the codec has held the data against the definition of its type, so the type tells its shape.
 */
export function readable<Event extends DomainEvent = DomainEvent>(
  event: DecodedEvent | UnreadableEvent,
): RecordedEvent<Event> {
  if (!('problem' in event)) return event as RecordedEvent<Event>;
  const message = `event at position ${event.stored.position} cannot be read: ${event.message}`;
  throw new EventStoreFault('damaged', message, { remedy: installNewest });
}

/** Sealed personal members as they are stored: which they are, whose key, and the box. */
interface SealedMembers {
  readonly members: readonly string[];
  readonly person?: string;
  readonly box: JsonObject;
}

export function createEventCodec(registry: EventRegistryLike, sealer: PersonSealer): EventCodec {
  return {
    encode(events, context) {
      const encoded = events.map((event) => encodeEvent(registry, sealer, event, context));
      return encoded.some((event) => event instanceof Promise) ? Promise.all(encoded) : (encoded as NewEvent[]);
    },
    decode(stored) {
      const sealed = stored.data.sealed as unknown as SealedMembers | undefined;
      if (sealed === undefined) return decoded(registry, sealer, stored, stored.data);
      const person = sealed.person ?? personOf(stored.stream);
      const opened = sealer.open(person, sealed.box, personalData(stored));
      return opened instanceof Promise
        ? opened.then((text) => decoded(registry, sealer, stored, unsealed(stored.data, sealed.members, text)))
        : decoded(registry, sealer, stored, unsealed(stored.data, sealed.members, opened));
    },
  };
}

function encodeEvent(
  registry: EventRegistryLike,
  sealer: PersonSealer,
  event: EventToEncode,
  context: EncodeContext,
): NewEvent | Promise<NewEvent> {
  const definition = registry.get(event.type);
  if (definition === undefined) throw new EventStoreFault('misuse', `no event type ${event.type} is defined`);
  const checked = registry.read(event.type, definition.schema, event.data);
  if ('problem' in checked) throw new EventStoreFault('misuse', `refusing to store ${event.type}: ${checked.message}`);
  const data = { ...(checked.data as JsonObject) };
  if ('sealed' in data)
    throw new EventStoreFault('misuse', `${event.type} has a member named sealed, which the codec needs`);

  const members = context.person === null ? [] : definition.personal.filter((name) => data[name] !== undefined);
  const box = members.length === 0 ? undefined : sealMembers(sealer, event, context, data, members);
  const client = sealClient(sealer, event, context.metadata);
  const build = (box: JsonObject | undefined, client: JsonObject | undefined): NewEvent => ({
    id: event.id,
    type: event.type,
    schema: definition.schema,
    data: box === undefined ? data : { ...data, sealed: sealedMembers(context, members, box) },
    metadata: storedMetadata(context.metadata, client),
  });
  if (box instanceof Promise || client instanceof Promise)
    return Promise.all([box, client]).then(([box, client]) => build(box, client));
  return build(box, client);
}

/** Takes the personal members out of `data` and seals them as one text. */
function sealMembers(
  sealer: PersonSealer,
  event: EventToEncode,
  context: EncodeContext,
  data: Record<string, Json>,
  members: readonly string[],
) {
  const personal: Record<string, Json | undefined> = {};
  for (const name of members) {
    personal[name] = data[name];
    delete data[name];
  }
  return sealer.seal(context.person ?? personOf(context.stream), JSON.stringify(personal), personalData(event));
}

function sealedMembers(context: EncodeContext, members: readonly string[], box: JsonObject): JsonObject {
  const own = context.person === undefined || context.person === personOf(context.stream);
  return own ? { members, box } : { members, person: context.person ?? '', box };
}

function unsealed(data: JsonObject, members: readonly string[], text: string | undefined): JsonObject {
  const { sealed: _, ...open } = data;
  const personal =
    text === undefined ? Object.fromEntries(members.map((name) => [name, erased])) : (JSON.parse(text) as JsonObject);
  return { ...open, ...personal };
}

function sealClient(
  sealer: PersonSealer,
  event: EventToEncode,
  metadata: CommandMetadata,
): JsonObject | undefined | Promise<JsonObject> {
  const { clientIp: ip, userAgent, clientPerson: person } = metadata;
  if (ip === undefined && userAgent === undefined) return undefined;
  if (person === undefined)
    throw new EventStoreFault('misuse', 'client address or agent without the person they are about');
  const box = sealer.seal(person, JSON.stringify({ ip, userAgent }), clientData(event));
  return box instanceof Promise ? box.then((box) => ({ person, box })) : { person, box };
}

async function openClient(sealer: PersonSealer, stored: StoredEvent): Promise<Client | typeof erased | undefined> {
  const sealed = stored.metadata.sealedClient as { person: string; box: JsonObject } | undefined;
  if (sealed === undefined) return undefined;
  const text = await sealer.open(sealed.person, sealed.box, clientData(stored));
  return text === undefined ? erased : (JSON.parse(text) as Client);
}

function decoded(
  registry: EventRegistryLike,
  sealer: PersonSealer,
  stored: StoredEvent,
  data: unknown,
): DecodedEvent | UnreadableEvent {
  const read = registry.read(stored.type, stored.schema, data);
  if ('problem' in read) return { stored, problem: read.problem, message: read.message };
  const stream = parseStreamName(stored.stream);
  if (stream === undefined)
    return { stored, problem: 'wrong-stream', message: `${stored.stream} is not the name of a stream` };
  return { stored, type: stored.type, stream, data: read.data, client: () => openClient(sealer, stored) };
}

function storedMetadata(metadata: CommandMetadata, sealedClient: JsonObject | undefined): EventMetadata {
  const { clientIp: _ip, userAgent: _agent, clientPerson: _person, ...rest } = metadata;
  return sealedClient === undefined ? rest : { ...rest, sealedClient };
}

/** Binds a box to its event, so that it cannot be moved to another. */
const personalData = (event: { id: string; type: string }) => `${event.id}:${event.type}`;
const clientData = (event: { id: string }) => `${event.id}:client`;

function personOf(stream: string): string {
  const person = parseStreamName(stream)?.id;
  if (person === undefined || person === '')
    throw new EventStoreFault('misuse', `${stream} names no person whose key could seal`);
  return person;
}
