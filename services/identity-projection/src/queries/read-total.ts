import { fail } from '@evident/contracts';
import { totalsView } from '../projections/totals.projection.ts';
import type { Found, Reading } from './reading.ts';

/** The sum of these counts; `read.parked` where one of them waits for an operator and would be wrong. */
export async function readTotal(
  { store, directory }: Pick<Reading, 'store' | 'directory'>,
  keys: readonly string[],
): Promise<Found<number>> {
  if (keys.some((key) => directory.isParked('totals', key))) return fail('read.parked');
  const rows = await store.getMany(totalsView, keys);
  return { found: keys.reduce((sum, key) => sum + (rows.get(key)?.row?.count ?? 0), 0) };
}
