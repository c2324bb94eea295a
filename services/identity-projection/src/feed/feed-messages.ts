import { type CloudEvent, feedSubject } from '@evident/contracts';
import { eventRegistry, parseStreamName } from '@evident/domain';
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
  if (withheld.length === 0) return shown.map(withoutClient);
  const byId = new Map([...shown, ...withheld].map((event) => [event.id, event]));
  return events.flatMap(({ id }) => byId.get(id) ?? []).map(withoutClient);
}

/** A session's event says in its data too where it was opened from; that is for its user and for auditors. */
function withoutClient(event: CloudEvent): CloudEvent {
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('clientIp' in data || 'userAgent' in data)) return event;
  const { clientIp: _ip, userAgent: _agent, ...rest } = data as Readonly<Record<string, unknown>>;
  return { ...event, data: rest } as CloudEvent;
}

/** Whether its personal members, if it has any, are of whom its stream names: those of a session are of its user. */
function isAboutItsSubject(event: StoredEvent): boolean {
  const id = parseStreamName(event.stream)?.id;
  const personal = eventRegistry.get(event.type)?.personal ?? [];
  return personal.length === 0 || personsOf(event).some((person) => person === id);
}

function fitting(event: CloudEvent, maxBytes: number): string {
  const body = JSON.stringify(event);
  if (Buffer.byteLength(body) <= maxBytes) return body;
  return JSON.stringify({ ...event, data: null, unreadable: 'too-large' });
}
