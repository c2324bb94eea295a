import { type ErrorCodeName, fail } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { StoredRow, View } from '@evident/read-model';
import type { Found, Reading } from './reading.ts';

export interface Numbered<Row extends JsonObject> {
  readonly view: View<Row>;
  /** Its name, and what is answered where there is no such row. */
  readonly projection: string;
  readonly unknown: ErrorCodeName;
}

/** The live row with an integer id. A row that waits for an operator, or may be one that does, is `read.parked`. */
export async function findByNumber<Row extends JsonObject & { readonly number: number }>(
  { store, directory }: Pick<Reading, 'store' | 'directory'>,
  { view, projection, unknown }: Numbered<Row>,
  number: number,
): Promise<Found<StoredRow<Row> & { readonly row: Row }>> {
  // Never allocated: integer ids begin at 1.
  if (!Number.isSafeInteger(number) || number < 1) return fail(unknown);
  const where = { number } as Partial<Record<keyof Row & string, number>>;
  const [stored] = await store.find(view, { index: ['number'], where, limit: 1 });
  if (stored?.row === undefined) return fail(unknown);
  if (directory.isParked(projection, stored.key)) return fail('read.parked');
  return { found: { ...stored, row: stored.row } };
}
