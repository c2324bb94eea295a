import { type Caller, type CallerCheck, personAttributes, reachOf } from '@evident/caller';
import { fail, type ReplyError } from '@evident/contracts';
import type { Log } from '@evident/log';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import { isParked, numberedUsers } from '../reading/numbered.ts';
import type { Found, Reading } from '../reading/reading.ts';
import { refusalOf } from '../reading/refusal-of.ts';

/** What the queries of people read from: rows, and the ends of the streams of roles and workspaces for their names. */
export type PeopleReading = Reading & {
  readonly log: Pick<Log, 'states' | 'lookup' | 'store' | 'codec' | 'tenant'>;
  /** Takes tokens that were made for other apps of the tenant too, for whoever asks about themselves. */
  readonly anyCallers: CallerCheck;
};

export interface FoundPerson {
  readonly uid: string;
  readonly row: UserRow;
}

/** The filters of scopes by a row. */
export function attributesOf(uid: string, row: UserRow) {
  return personAttributes(uid, Object.keys(row.workspaceRoles));
}

/** From the oldest, as the indexes of people by the time of their making have it. */
export function byCreation({ row: one }: Aged, { row: other }: Aged): number {
  return (one?.createdAt ?? 0) - (other?.createdAt ?? 0) || (one?.number ?? 0) - (other?.number ?? 0);
}

/** A row of a person, or as much of it as tells its age. */
export interface Aged {
  readonly row: Pick<UserRow, 'createdAt' | 'number'> | undefined;
}

/** Whose uid is asked for where none is named: the caller's own; undefined for who is no user. */
function ownUid({ holder }: Caller): string | undefined {
  return holder.kind === 'user' ? holder.id : undefined;
}

/** Undefined where the caller may read of this person, or of some, by the scope; who asks about themselves needs none. */
export function refusalAbout(caller: Caller, scope: string, uid: string | undefined): ReplyError | undefined {
  if (uid === undefined || uid === ownUid(caller)) return undefined;
  return refusalOf(caller, scope);
}

/**
 * One person, for who may read of them. Who may see only some is told the same of those beyond and of those that there
 * are not.
 */
export async function findPerson(
  reading: PeopleReading,
  caller: Caller,
  scope: string,
  uid = ownUid(caller),
): Promise<Found<FoundPerson>> {
  if (uid === undefined) return fail('user.unknown');
  if (isParked(reading, numberedUsers, uid)) return fail('read.parked');
  const row = await reading.store.get(usersView, uid);
  if (uid === ownUid(caller)) return row === undefined ? fail('user.unknown') : { found: { uid, row } };
  const reach = reachOf(caller, scope);
  if (!reach.ok) return reach;
  if (row !== undefined && reach.shows(attributesOf(uid, row))) return { found: { uid, row } };
  return reach.all ? fail('user.unknown') : fail('caller.not-permitted', { details: { missing: scope } });
}
