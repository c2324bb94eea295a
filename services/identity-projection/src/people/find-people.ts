import { fail } from '@evident/contracts';
import {
  checkSlug,
  foldIdentifier,
  type IdentifierKind,
  inferKind,
  isLivingRole,
  preparePhone,
  streams,
} from '@evident/domain';
import type { StoredRow } from '@evident/read-model';
import { identifierKey, identifiersView } from '../projections/identifiers.projection.ts';
import { roleHoldersView } from '../projections/role-holders.projection.ts';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { pagesOf } from '../reading/pages-of.ts';
import type { Found } from '../reading/reading.ts';
import type { PeopleReading } from './people-reading.ts';

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

/** Who holds a role everywhere, in no order. Time grows with how many they are; gives up when nobody waits any more. */
export async function findHolders(
  { store, log, now }: Pick<PeopleReading, 'store' | 'log' | 'now'>,
  role: string,
  deadline: number,
): Promise<Found<readonly StoredRow<UserRow>[]>> {
  const roleUid = await roleNamed(log, role);
  if (roleUid === undefined) return { found: [] };
  const holders: StoredRow<UserRow>[] = [];
  for await (const edges of pagesOf(store, roleHoldersView, { index: ['roleUid', 'userUid'], where: { roleUid } })) {
    const uids = edges.flatMap(({ row }) => row?.userUid ?? []);
    holders.push(...(await store.getMany(usersView, uids)).values());
    if (now() > deadline) return fail('deadline.passed');
  }
  return { found: holders };
}

/** Those of some users who hold a role everywhere. */
export async function holdersAmong(
  { store, log }: Pick<PeopleReading, 'store' | 'log'>,
  role: string,
  users: readonly StoredRow<UserRow>[],
): Promise<readonly StoredRow<UserRow>[]> {
  const roleUid = await roleNamed(log, role);
  if (roleUid === undefined) return [];
  const keyOf = ({ key }: StoredRow<UserRow>) => `${key}|${roleUid}`;
  const edges = await store.getMany(roleHoldersView, users.map(keyOf));
  return users.filter((user) => edges.get(keyOf(user))?.row !== undefined);
}

/** By id or slug, from the leader; undefined where it is no more. */
async function roleNamed(log: PeopleReading['log'], text: string): Promise<string | undefined> {
  const named = uuid.exec(text)?.[1]?.toLowerCase();
  const id = named ?? (await claimantOfSlug(log, text));
  if (id === undefined) return undefined;
  const { state } = await log.states.role.load(streams.role(log.tenant, id));
  const isNamedSo = named !== undefined || state.slug === text;
  return isLivingRole(state) && isNamedSo ? id : undefined;
}

/** Who claimed it last, whether or not it is theirs. */
async function claimantOfSlug({ states, lookup, tenant }: PeopleReading['log'], slug: string) {
  if (!checkSlug(slug).ok) return undefined;
  const stream = streams.reservation(tenant, 'role-slug', lookup.hash('role-slug', slug));
  return (await states.reservation.load(stream)).state.current?.holder;
}
