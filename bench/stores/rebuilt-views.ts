import type { JsonObject } from '@evident/event-store';
import type { AnyProjection, DecodeEvent, Projection } from '@evident/read-model';

type User = {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
  readonly admin: boolean;
  readonly generation: number;
};
type Identifier = { readonly holder: string; readonly kind: string };
type Assignment = { readonly user: string; readonly app: string; readonly since: number };
type Total = { readonly count: number };

const users: Projection<User> = {
  name: 'users',
  view: {
    name: 'users',
    version: 1,
    indexes: [
      ['tenant', 'name'],
      ['tenant', 'email'],
    ],
  },
  types: new Set([
    'user.registered',
    'user.password-changed',
    'user.deactivated',
    'user.reactivated',
    'user.admin-granted',
  ]),
  keys: ({ stream }) => [`${stream.tenant}|${stream.id}`],
  evolve(row, { type, stream, data }) {
    const { name = '', email = '' } = data as { name?: string; email?: string };
    if (row === undefined)
      return { id: stream.id, tenant: stream.tenant, name, email, active: true, admin: false, generation: 0 };
    if (type === 'user.admin-granted') return { ...row, admin: true };
    if (type === 'user.password-changed') return { ...row, generation: row.generation + 1 };
    return { ...row, active: type === 'user.reactivated' };
  },
};

const identifiers: Projection<Identifier> = {
  name: 'identifiers',
  view: { name: 'identifiers', version: 1, indexes: [['holder']] },
  types: new Set(['user.registered']),
  keys: ({ stream, data }) => [`${stream.tenant}|username|${String((data as JsonObject).lookup)}`],
  evolve: (_row, { stream }) => ({ holder: stream.id, kind: 'username' }),
};

const assignments: Projection<Assignment> = {
  name: 'assignments',
  view: { name: 'assignments', version: 1, indexes: [['app', 'user']] },
  types: new Set(['user.app-assigned', 'user.app-unassigned']),
  keys: ({ stream, data }) => [`${stream.tenant}|${stream.id}|${String((data as JsonObject).app)}`],
  evolve: (_row, { type, stream, stored, data }) =>
    type === 'user.app-assigned'
      ? { user: stream.id, app: String((data as JsonObject).app), since: stored.recordedAt }
      : undefined,
};

const totals: Projection<Total> = {
  name: 'totals',
  view: { name: 'totals', version: 1, indexes: [] },
  types: new Set(['user.registered']),
  commutes: true,
  keys: ({ stream }) => [`${stream.tenant}|users`],
  evolve: (row) => ({ count: (row?.count ?? 0) + 1 }),
};

/** Users, their identifiers, what they may use, and how many they are. */
export const projections: readonly AnyProjection[] = [users, identifiers, assignments, totals];

export const decode = (): DecodeEvent => (stored) => {
  const dash = stored.stream.indexOf('-');
  const dot = stored.stream.indexOf('.', dash);
  const stream = {
    category: stored.stream.slice(0, dash),
    tenant: stored.stream.slice(dash + 1, dot),
    id: stored.stream.slice(dot + 1),
  };
  return { stored, type: stored.type, stream, data: stored.data };
};
