import { type CloudEvent, feedSubject } from '@evident/contracts';
import { parseStreamName } from '@evident/domain';
import type { StoredEvent } from '@evident/event-store';
import { type EvidenceLog, personsOf, type Reader, toCloudEvents } from '@evident/evidence';
import type { FeedMessage } from '@evident/transport';

/** Room for the envelope of the protocol around a body. */
const protocolBytes = 4_096;

/** Nobody's personal members, and no address or agent. */
const nobody: Reader = { mayRead: () => false, mayReadClient: () => false };
/** Personal members of those whom an event is about; no address or agent. */
const subjects: Reader = { mayRead: () => true, mayReadClient: () => false };

/**
 * Events as they are sent out: personal members of their own subject, in order, none left out. One that is too large for
 * the broker is sent without its data, which is then read from the log.
 */
export async function feedMessages(
  log: EvidenceLog & { readonly tenant: string },
  events: readonly StoredEvent[],
  maxBytes: number,
): Promise<readonly FeedMessage[]> {
  const published = await outgoingEvents(log, events);
  return published.map((event) => ({
    id: event.id,
    subject: feedSubject(log.tenant, event),
    body: fitting(event, maxBytes - protocolBytes),
  }));
}

/** The published form of events for receivers outside, of whom nothing is known but that they may have the feed. */
export async function outgoingEvents(log: EvidenceLog, events: readonly StoredEvent[]): Promise<readonly CloudEvent[]> {
  const own = events.filter(isAboutItsSubject);
  const foreign = events.filter((event) => !isAboutItsSubject(event));
  const [shown, withheld] = await Promise.all([
    toCloudEvents(log, subjects, own),
    foreign.length === 0 ? [] : toCloudEvents(log, nobody, foreign),
  ]);
  if (withheld.length === 0) return shown;
  const byId = new Map([...shown, ...withheld].map((event) => [event.id, event]));
  return events.flatMap(({ id }) => byId.get(id) ?? []);
}

function isAboutItsSubject(event: StoredEvent): boolean {
  const id = parseStreamName(event.stream)?.id;
  const client = event.metadata.sealedClient?.person;
  return personsOf(event).every((person) => person === id || person === client);
}

function fitting(event: CloudEvent, maxBytes: number): string {
  const body = JSON.stringify(event);
  if (Buffer.byteLength(body) <= maxBytes) return body;
  return JSON.stringify({ ...event, data: null, unreadable: 'too-large' });
}
