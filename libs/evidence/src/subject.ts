import { parseStreamName, type StreamName, streamName } from '@evident/domain';
import { uuid5 } from '@evident/event-store';

/** Streams whose subject has another word than their category: agents are `service:<uuid>`, as tokens and actors say. */
const kindOfCategory: Readonly<Record<string, string>> = { agent: 'service' };
const categoryOfKind: Readonly<Record<string, string>> = { service: 'agent' };

/** Of these a tenant has one stream; their subject carries the tenant in place of an id. */
const oneForEachTenant: ReadonlySet<string> = new Set(['roster', 'signingkeys', 'seals', 'erasures', 'retention']);

/**
 * Streams that are named by a keyed hash, which nobody is shown. Their subject carries a UUID that is derived from the
 * name of the stream: the same always, and no way back but a row that says whose it is.
 */
const namedByHash: ReadonlySet<string> = new Set(['reservation']);

const namedByUuid = /(?<=:)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const form = /^([a-z]{1,32}):([\x21-\x7e]{1,200})$/;

/** What the events of a stream are about: `user:<uuid>`, `signin:unknown`, `roster:main`. One subject is one stream. */
export function subjectOf({ category, tenant, id }: StreamName): string {
  const shown = namedByHash.has(category) ? uuid5(streamName(category, tenant, id)) : id;
  return `${kindOfCategory[category] ?? category}:${shown === '' ? tenant : shown}`;
}

/** The same from a stream's name; undefined where it has not the form of one. */
export function subjectOfStream(stream: string): string | undefined {
  const name = parseStreamName(stream);
  return name === undefined ? undefined : subjectOf(name);
}

/** A subject that can be: its category, and the stream that would hold its events. */
export interface Subject {
  readonly text: string;
  readonly category: string;
  /** Undefined where the subject does not tell: of what is named by a keyed hash. */
  readonly stream: string | undefined;
}

/** UUIDs are printed in lower case and read in any (RFC 9562 section 4); other ids are what they are. */
export function canonicalSubject(text: string): string {
  return text.replace(namedByUuid, (id) => id.toLowerCase());
}

/** Undefined where the text has not the form `<kind>:<id>`. That there is such a subject is not said. */
export function parseSubject(tenant: string, given: string): Subject | undefined {
  const text = canonicalSubject(given);
  const [, kind, id] = form.exec(text) ?? [];
  if (kind === undefined || id === undefined || kindOfCategory[kind] !== undefined) return undefined;
  const category = categoryOfKind[kind] ?? kind;
  if (namedByHash.has(category)) return { text, category, stream: undefined };
  const stream = streamName(category, tenant, oneForEachTenant.has(category) && id === tenant ? '' : id);
  return { text, category, stream };
}
