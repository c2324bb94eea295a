import { type ErrorCodeName, fail } from '@evident/contracts';
import { parseStreamName, streams } from '@evident/domain';
import type { JsonObject } from '@evident/event-store';
import type { StoredRow, View } from '@evident/read-model';
import { type AppRow, appsView } from '../projections/apps.projection.ts';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import type { Found, Reading } from './reading.ts';

/** A view whose rows have an integer id and are fed by one stream each. */
export interface Numbered<Row extends JsonObject> {
  readonly view: View<Row>;
  readonly projection: string;
  readonly streamOf: (tenant: string, uid: string) => string;
  /** What is answered where there is no such row. */
  readonly unknown: ErrorCodeName;
}

export const numberedUsers: Numbered<UserRow> = {
  view: usersView,
  projection: 'users',
  streamOf: streams.user,
  unknown: 'user.unknown',
};
export const numberedApps: Numbered<AppRow> = {
  view: appsView,
  projection: 'apps',
  streamOf: streams.app,
  unknown: 'app.unknown',
};

type NumberedReading = Pick<Reading, 'store' | 'directory' | 'tenant' | 'numbers'>;

/** True where the row may be stale because its stream waits for an operator. */
export function isParked<Row extends JsonObject>(
  { directory, tenant }: Pick<Reading, 'directory' | 'tenant'>,
  { projection, streamOf }: Numbered<Row>,
  uid: string,
): boolean {
  return directory.isParked(projection, streamOf(tenant, uid));
}

/** The live row with an integer id; `read.parked` where it waits for an operator, or may be one that does. */
export async function findByNumber<Row extends JsonObject & { readonly number: number }>(
  reading: NumberedReading,
  numbered: Numbered<Row>,
  number: number,
): Promise<Found<{ readonly uid: string; readonly row: Row }>> {
  // Never allocated: integer ids begin at 1.
  if (!Number.isSafeInteger(number) || number < 1) return fail(numbered.unknown);
  const found = (await findRemembered(reading, numbered, number)) ?? (await findByIndex(reading, numbered, number));
  if (found === undefined) return fail((await someWaitUnseen(reading, numbered)) ? 'read.parked' : numbered.unknown);
  return isParked(reading, numbered, found.uid) ? fail('read.parked') : { found };
}

interface FoundRow<Row> {
  readonly uid: string;
  readonly row: Row;
}

/** A number belongs to one object for ever, so whose it is is looked up once; the row itself is read each time. */
async function findRemembered<Row extends JsonObject & { readonly number: number }>(
  { store, numbers }: NumberedReading,
  { view }: Numbered<Row>,
  number: number,
): Promise<FoundRow<Row> | undefined> {
  const uid = numbers.get(`${view.name}/${number}`);
  const row = uid === undefined ? undefined : await store.get(view, uid);
  // The log may have become another one, where the number is somebody else's.
  return uid !== undefined && row?.number === number ? { uid, row } : undefined;
}

async function findByIndex<Row extends JsonObject & { readonly number: number }>(
  { store, numbers }: NumberedReading,
  { view }: Numbered<Row>,
  number: number,
): Promise<FoundRow<Row> | undefined> {
  const where = { number } as Partial<Record<keyof Row & string, number>>;
  const [stored] = await store.find(view, { index: ['number'], where, limit: 1 });
  if (stored?.row === undefined) return undefined;
  numbers.set(`${view.name}/${number}`, stored.key);
  return { uid: stored.key, row: stored.row };
}

/** Whether some stream waits that has no row yet: then nobody can say that a number is unknown. */
async function someWaitUnseen<Row extends JsonObject>(
  { store, directory }: NumberedReading,
  { view, projection }: Numbered<Row>,
): Promise<boolean> {
  const waiting = directory.parked().filter((parked) => parked.projection === projection);
  if (waiting.length === 0) return false;
  const uids = waiting.map(({ stream }) => parseStreamName(stream)?.id ?? stream);
  const rows: ReadonlyMap<string, StoredRow<Row>> = await store.getMany(view, uids);
  return uids.some((uid) => !rows.has(uid));
}
