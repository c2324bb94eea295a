import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail } from '@evident/contracts';
import { checkSlug, foldIdentifier, type IdentifierKind, inferKind, preparePhone, streams } from '@evident/domain';
import type { StoredRow } from '@evident/read-model';
import { identifierKey, identifiersView } from '../../projections/identifiers.projection.ts';
import { roleHoldersView } from '../../projections/role-holders.projection.ts';
import { type UserRow, usersView } from '../../projections/users.projection.ts';
import type { Found } from '../reading.ts';
import type { PeopleReading } from './people-reading.ts';

const pageSize = 500;
const uuid = /^(?:role_)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** Who has this very identifier; nobody, or one. */
export async function findByIdentifier(
  { store, log }: Pick<PeopleReading, 'store' | 'log'>,
  identifier: string,
  kind: IdentifierKind = inferKind(identifier),
): Promise<readonly StoredRow<UserRow>[]> {
  const phone = kind === 'phone' ? preparePhone(identifier) : undefined;
  const prepared = phone?.ok === true ? phone.prepared : foldIdentifier(identifier);
  const lookup = log.lookup.hash(kind, prepared);
  const pointer = await store.get(identifiersView, identifierKey(kind, lookup));
  if (pointer === undefined) return [];
  const rows = await store.getMany(usersView, [pointer.userUid]);
  return [...rows.values()].filter(({ row }) =>
    row?.identifiers.some((held) => held.kind === kind && held.lookup === lookup),
  );
}

/** Who holds a role everywhere, by integer id. Time grows with how many they are; gives up when nobody waits any more. */
export async function findHolders(
  { store, log, now }: Pick<PeopleReading, 'store' | 'log' | 'now'>,
  role: string,
  deadline: number,
): Promise<Found<readonly StoredRow<UserRow>[]>> {
  const roleUid = await roleNamed(log, role);
  if (roleUid === undefined) return { found: [] };
  const holders: StoredRow<UserRow>[] = [];
  for (let skip = 0; ; skip += pageSize) {
    const index = ['roleUid', 'userUid'] as const;
    const edges = await store.find(roleHoldersView, { index, where: { roleUid }, skip, limit: pageSize });
    const users = await store.getMany(
      usersView,
      edges.flatMap(({ row }) => row?.userUid ?? []),
    );
    holders.push(...users.values());
    if (edges.length < pageSize) break;
    if (now() > deadline) return fail('deadline.passed');
    await nextTurn();
  }
  return { found: holders.toSorted((one, other) => (one.row?.number ?? 0) - (other.row?.number ?? 0)) };
}

/** By id or slug, from the leader. */
async function roleNamed({ states, lookup, tenant }: PeopleReading['log'], text: string): Promise<string | undefined> {
  const id = uuid.exec(text)?.[1]?.toLowerCase();
  if (id !== undefined) return id;
  if (!checkSlug(text).ok) return undefined;
  const stream = streams.reservation(tenant, 'role-slug', lookup.hash('role-slug', text));
  const holder = (await states.reservation.load(stream)).state.current?.holder;
  const role = holder === undefined ? undefined : (await states.role.load(streams.role(tenant, holder))).state;
  return role?.slug === text && !role.retired ? holder : undefined;
}
