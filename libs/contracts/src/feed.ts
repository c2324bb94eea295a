import type { CloudEvent } from './cloud-event.ts';

/** The downstream feed on JetStream (api/evident.md): one stream, a subject for each event, `Nats-Msg-Id` its id. */
export const feedStreamName = 'EVIDENT_EVENTS';
export const feedSubjects = 'evident.events.>';

/**
 * `evident.events.<tenant>.<aggregate>.<id>.<event>`: the two parts of the subject, and the part of the type after its
 * dot. What cannot stand in a token of NATS (the dot of a keyed hash) is written `_`.
 */
export function feedSubject(tenant: string, { subject, type }: Pick<CloudEvent, 'subject' | 'type'>): string {
  const colon = subject.indexOf(':');
  const [aggregate, id] = [subject.slice(0, colon), subject.slice(colon + 1)];
  const event = type.slice(type.indexOf('.') + 1);
  return ['evident', 'events', tenant, token(aggregate), token(id), token(event)].join('.');
}

/** All messages about one subject: what an erasure purges. */
export function feedSubjectsAbout(tenant: string, subject: string): string {
  return feedSubject(tenant, { subject, type: 'x.*' }).replace(/_$/, '*');
}

function token(text: string): string {
  return text.replace(/[\s.*>\p{Cc}]/gu, '_') || '_';
}
