import type { JsonObject, NewEvent, StoredEvent } from '@evident/event-store';
import type { AnyProjection, DecodeBatch, ProjectedEvent, Projection } from '../src/projection.ts';
import { type Person, people } from './people.ts';

/** The errors that a spec plants, and takes away again to try a retry. */
export interface Planted {
  /** Event types that `evolve` of the people throws at. */
  readonly evolve: Set<string>;
  /** Event types that cannot be decoded. */
  readonly decode: Set<string>;
}

export type Friendship = { readonly person: string; readonly friend: string };
export type Total = { readonly people: number };

export function plantedErrors(): Planted {
  return { evolve: new Set(), decode: new Set() };
}

/** One row for each person, one for each friendship, and the count of people: three shapes that services use. */
export function peopleProjections(planted: Planted = plantedErrors()): {
  readonly persons: Projection<Person>;
  readonly friendships: Projection<Friendship>;
  readonly totals: Projection<Total>;
  readonly all: readonly AnyProjection[];
} {
  const fail = (type: string) => {
    if (planted.evolve.has(type)) throw new Error(`planted: ${type}`);
  };
  const persons: Projection<Person> = {
    name: 'persons',
    view: people,
    types: new Set(['person.registered', 'person.aged', 'person.left']),
    keys: ({ stored }) => [stored.stream],
    evolve(row, { type, stream, data }) {
      fail(type);
      if (type === 'person.left') return undefined;
      if (row === undefined) return { tenant: stream.tenant, name: String((data as JsonObject).name), age: 0 };
      return { ...row, age: (row.age ?? 0) + 1 };
    },
  };
  const friendships: Projection<Friendship> = {
    name: 'friendships',
    view: { name: 'friendships', version: 1, indexes: [['friend']] },
    types: new Set(['person.befriended']),
    keys: (event) => [`${event.stored.stream}|${friendOf(event)}`],
    evolve: (_row, event) => ({ person: event.stored.stream, friend: friendOf(event) }),
  };
  const totals: Projection<Total> = {
    name: 'totals',
    view: { name: 'totals', version: 1, indexes: [] },
    types: new Set(['person.registered', 'person.left']),
    commutes: true,
    keys: ({ stream }) => [stream.tenant],
    evolve: (row, { type }) => {
      fail(type);
      return { people: (row?.people ?? 0) + (type === 'person.left' ? -1 : 1) };
    },
  };
  return { persons, friendships, totals, all: [persons, friendships, totals] };
}

export function decodePeople(planted: Planted = plantedErrors()): DecodeBatch {
  return async () => (stored, asStored) => {
    if (asStored !== true && planted.decode.has(stored.type)) throw new Error(`garbled: ${stored.type}`);
    return decoded(stored);
  };
}

export function event(type: string, data: JsonObject = {}): NewEvent {
  const id = crypto.randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId: id, correlationId: id, occurredAt: 0 };
  return { id, type, schema: 1, data, metadata };
}

function decoded(stored: StoredEvent): ProjectedEvent {
  const [category = '', rest = ''] = stored.stream.split('-', 2);
  const [tenant = '', id = ''] = rest.split('.', 2);
  return { stored, type: stored.type, stream: { category, tenant, id }, data: stored.data };
}

function friendOf({ data }: ProjectedEvent): string {
  return String((data as JsonObject).friend);
}
