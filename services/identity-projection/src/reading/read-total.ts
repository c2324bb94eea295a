import { totalsView } from '../projections/totals.projection.ts';
import type { Reading } from './reading.ts';

/**
 * The sum of these counts. While an event waits for an operator it is not counted: one that cannot be read must not
 * keep every list from everybody.
 */
export async function readTotal({ store }: Pick<Reading, 'store'>, keys: readonly string[]): Promise<number> {
  const rows = await store.getMany(totalsView, keys);
  return keys.reduce((sum, key) => sum + (rows.get(key)?.row?.count ?? 0), 0);
}
