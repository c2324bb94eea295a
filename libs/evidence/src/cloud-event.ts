import type { CloudEvent } from '@evident/contracts';
import { eventRegistry } from '@evident/domain';
import { type Client, erased, type StoredEvent } from '@evident/event-store';
import { clientPerson, type EvidenceLog, type ReadEvent, readEvents } from './read-event.ts';
import type { Reader } from './reader.ts';
import { subjectOfStream } from './subject.ts';

/** Stored events as this reader sees them, in the order given. */
export async function toCloudEvents(
  log: EvidenceLog,
  reader: Reader,
  events: readonly StoredEvent[],
): Promise<readonly CloudEvent[]> {
  return Promise.all((await readEvents(log, reader, events)).map((event) => cloudEventOf(event, reader)));
}

/** An event that was read for this reader, in its published form. */
export async function cloudEventOf(event: ReadEvent, reader: Reader): Promise<CloudEvent> {
  const { stored } = event;
  const { id, type, metadata, revision, position, origin, recordedAt } = stored;
  const { tenant, actor, onBehalfOf, commandId, correlationId, causationId } = metadata;
  const definition = eventRegistry.get(type);
  const unreadable = 'problem' in event ? event.problem : undefined;
  return {
    specversion: '1.0',
    id,
    type,
    source: `/tenants/${tenant}`,
    subject: subjectOfStream(stored.stream) ?? stored.stream,
    time: new Date(recordedAt).toISOString(),
    dataschema: `urn:evident:${type}:${unreadable === undefined ? (definition?.schema ?? stored.schema) : stored.schema}`,
    datacontenttype: 'application/json',
    // What cannot be read may hold secrets that nobody here knows of: then nothing of it is shown.
    data: 'problem' in event ? null : withoutSecrets(event.data, definition?.secret ?? []),
    position,
    ...(origin === undefined ? undefined : { originposition: origin }),
    revision,
    actor,
    ...(onBehalfOf === undefined ? undefined : { onbehalfof: onBehalfOf }),
    commandid: commandId,
    correlationid: correlationId,
    ...(causationId === undefined ? undefined : { causationid: causationId }),
    ...(await clientOf(event, reader)),
    ...(unreadable === undefined ? undefined : { unreadable }),
  };
}

function withoutSecrets(data: unknown, secret: readonly string[]): Record<string, unknown> {
  const open = { ...(data as Record<string, unknown>) };
  for (const member of secret) delete open[member];
  return open;
}

/** Where it came from, for who may know; both read `erased` once the person's key is gone. */
async function clientOf(event: ReadEvent, reader: Reader): Promise<Pick<CloudEvent, 'clientip' | 'useragent'>> {
  const person = clientPerson(event.stored);
  if (person === undefined || 'problem' in event || !reader.mayReadClient(person)) return {};
  const client: Client | typeof erased | undefined = await event.client();
  if (client === undefined) return {};
  if (client === erased) return { clientip: erased, useragent: erased };
  return {
    ...(client.ip === undefined ? undefined : { clientip: client.ip }),
    ...(client.userAgent === undefined ? undefined : { useragent: client.userAgent }),
  };
}
