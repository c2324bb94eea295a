import { withheld } from '@evident/contracts';
import { parseStreamName } from '@evident/domain';
import type { DecodedEvent, EventCodec, StoredEvent, UnreadableEvent } from '@evident/event-store';
import type { Reader } from './reader.ts';

/** What events are read from. `Log` of the log lib has it. */
export interface EvidenceLog {
  readonly codec: Pick<EventCodec, 'decode'>;
  preloadPersons(persons: readonly string[]): Promise<void>;
}

/** An event in the newest shape, as this reader may see it; or why this program cannot read it. */
export type ReadEvent = DecodedEvent | UnreadableEvent;

/** Opens events for a reader, with the person keys that they need fetched in one call. In the order given. */
export async function readEvents(
  log: EvidenceLog,
  reader: Reader,
  events: readonly StoredEvent[],
): Promise<readonly ReadEvent[]> {
  await log.preloadPersons([...new Set(events.flatMap((event) => personsOf(event).filter(reader.mayRead)))]);
  return Promise.all(events.map((event) => readEvent(log, reader, event)));
}

async function readEvent({ codec }: EvidenceLog, reader: Reader, stored: StoredEvent): Promise<ReadEvent> {
  const sealed = sealedMembers(stored);
  const shut = sealed === undefined || reader.mayRead(sealed.person) ? stored : withoutBox(stored, sealed.members);
  const event = await codec.decode(shut);
  return { ...event, stored };
}

/** The event as if its personal members were that word: nothing is opened that the reader may not see. */
function withoutBox(stored: StoredEvent, members: readonly string[]): StoredEvent {
  const { sealed: _, ...open } = stored.data;
  return { ...stored, data: { ...open, ...Object.fromEntries(members.map((member) => [member, withheld])) } };
}

/** Whose keys an event needs to be read whole: of its sealed members, and of the client that was seen. */
export function personsOf(stored: StoredEvent): readonly string[] {
  const members = sealedMembers(stored)?.person;
  const client = clientPerson(stored);
  return [members, client].filter((person) => person !== undefined);
}

/** About whom the address and agent in an event's metadata are. */
export function clientPerson({ metadata }: StoredEvent): string | undefined {
  const person = metadata.sealedClient?.person;
  return typeof person === 'string' ? person : undefined;
}

function sealedMembers({ data, stream }: StoredEvent) {
  const { sealed } = data;
  if (typeof sealed !== 'object' || sealed === null) return undefined;
  const { members, person } = sealed as { readonly members?: unknown; readonly person?: unknown };
  return {
    members: Array.isArray(members) ? (members as readonly string[]) : [],
    person: typeof person === 'string' ? person : (parseStreamName(stream)?.id ?? stream),
  };
}
