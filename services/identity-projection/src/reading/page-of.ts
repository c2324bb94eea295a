import { fail } from '@evident/contracts';
import type { JsonObject } from '@evident/event-store';
import type { StoredRow } from '@evident/read-model';
import { fitMessage } from './fit-message.ts';
import { isParked, type Numbered } from './numbered.ts';
import type { Found, Reading } from './reading.ts';

/** Rows as objects, as many as one message holds; `read.parked` where one of them waits for an operator. */
export function pageOf<Row extends JsonObject, Item>(
  reading: Pick<Reading, 'directory' | 'tenant'>,
  numbered: Numbered<Row>,
  rows: readonly StoredRow<Row>[],
  toItem: (uid: string, row: Row) => Item,
): Found<Item[]> {
  if (rows.some(({ key }) => isParked(reading, numbered, key))) return fail('read.parked');
  const items = rows.flatMap(({ key, row }) => (row === undefined ? [] : [toItem(key, row)]));
  return { found: [...fitMessage(items)] };
}
