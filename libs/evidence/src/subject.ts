import { parseStreamName, type StreamName, streamName } from '@evident/domain';

/** Streams whose subject has another word than their category: agents are `service:<uuid>`, as tokens and actors say. */
const kindOfCategory: Readonly<Record<string, string>> = { agent: 'service' };
const categoryOfKind: Readonly<Record<string, string>> = { service: 'agent' };

/** Of these a tenant has one stream; their subject carries the tenant in place of an id. */
const oneForEachTenant: ReadonlySet<string> = new Set(['roster', 'signingkeys', 'seals', 'erasures']);

const form = /^([a-z]{1,32}):([\x21-\x7e]{1,200})$/;

/** What the events of a stream are about: `user:<uuid>`, `signin:unknown`, `roster:main`. One subject is one stream. */
export function subjectOf({ category, tenant, id }: StreamName): string {
  return `${kindOfCategory[category] ?? category}:${id === '' ? tenant : id}`;
}

/** The same from a stream's name; undefined where it has not the form of one. */
export function subjectOfStream(stream: string): string | undefined {
  const name = parseStreamName(stream);
  return name === undefined ? undefined : subjectOf(name);
}

/** A subject that can be: its kind and id, and the stream that would hold its events. */
export interface Subject {
  readonly text: string;
  readonly category: string;
  readonly id: string;
  readonly stream: string;
}

/** Undefined where the text has not the form `<kind>:<id>`. That there is such a subject is not said. */
export function parseSubject(tenant: string, text: string): Subject | undefined {
  const [, kind, id] = form.exec(text) ?? [];
  if (kind === undefined || id === undefined || kindOfCategory[kind] !== undefined) return undefined;
  const category = categoryOfKind[kind] ?? kind;
  const stream = streamName(category, tenant, oneForEachTenant.has(category) && id === tenant ? '' : id);
  return { text, category, id, stream };
}
