import { z } from 'zod';
import { problemType } from '../http/input.ts';

/** How each kind of thing begins its `id`; its `uid` is the bare UUID. Identifiers and credentials have none. */
const prefixes = {
  user: 'user:',
  agent: 'service:',
  workspace: 'ws_',
  role: 'role_',
  apikey: 'key_',
  session: 'session:',
  identifier: '',
  credential: '',
} as const;
export type IdKind = keyof typeof prefixes;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Belongs to nobody, so that a service that is asked for it still looks at the caller before it says "not found". */
const idOfNobody = '00000000-0000-0000-0000-000000000000';
const sample = '019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60';

/** The `id` of an answer. */
export function printedId(kind: IdKind, uid: string): string {
  return `${prefixes[kind]}${uid}`;
}

/** Both ids of an answer. */
export function printedIds(kind: IdKind, uid: string): { readonly id: string; readonly uid: string } {
  return { id: printedId(kind, uid), uid };
}

/** The UUID of an id with its prefix or without; undefined where it is neither. */
export function uidOf(kind: IdKind, text: string): string | undefined {
  const prefix = prefixes[kind];
  const bare = (text.startsWith(prefix) ? text.slice(prefix.length) : text).toLowerCase();
  return uuid.test(bare) ? bare : undefined;
}

/** An id in a path, as its UUID. One that no object can have is unknown, not malformed. */
export function idInPath(kind: IdKind) {
  return z
    .string()
    .transform((text) => uidOf(kind, text) ?? idOfNobody)
    .meta({ description: idDescription(kind), sample: printedId(kind, sample) });
}

/** An id in a body or a query, as its UUID. */
export function idInBody(kind: IdKind) {
  return z
    .string()
    .refine((text) => uidOf(kind, text) !== undefined, {
      message: `Input should be an id, ${idWords(kind)}`,
      ...problemType('uuid_parsing'),
    })
    .transform((text) => uidOf(kind, text) ?? idOfNobody)
    .meta({ description: idDescription(kind), sample: printedId(kind, sample) });
}

/** Members of the shape of an answer. */
export function idShapes(kind: IdKind) {
  return {
    id: z.string().meta({ examples: [printedId(kind, sample)] }),
    uid: z.uuid().meta({ description: 'The same without its prefix.' }),
  };
}

const idWords = (kind: IdKind) => (prefixes[kind] === '' ? 'a UUID' : `a UUID, or \`${prefixes[kind]}\` and a UUID`);
const idDescription = (kind: IdKind) => `${idWords(kind).replace('a UUID', 'A UUID')}.`;
