import type { CreationRequest } from '@evident/contracts';
import type { RowQuery } from '@evident/read-model';

export type CreationRange = Pick<CreationRequest, 'createdFrom' | 'createdTo'>;

/** On an index whose first member that is not named by equality is the time of making. */
export function creationBounds({
  createdFrom,
  createdTo,
  order,
}: CreationRequest): Pick<RowQuery, 'from' | 'to' | 'order'> {
  return {
    ...(createdFrom === undefined ? {} : { from: createdFrom }),
    // Times are whole milliseconds, and the end of an index's range is exclusive.
    ...(createdTo === undefined ? {} : { to: createdTo + 1 }),
    ...(order === undefined ? {} : { order }),
  };
}

export function isWithin({ createdFrom = -Infinity, createdTo = Infinity }: CreationRange, createdAt: number): boolean {
  return createdFrom <= createdAt && createdAt <= createdTo;
}

/** Whether the range leaves anything out. */
export function isBounded({ createdFrom, createdTo }: CreationRange): boolean {
  return createdFrom !== undefined || createdTo !== undefined;
}

/** Sorted by a comparison from the oldest, or against it. */
export function inOrder<Item>(
  items: readonly Item[],
  order: CreationRequest['order'],
  byCreation: (one: Item, other: Item) => number,
): Item[] {
  const oldestFirst = items.toSorted(byCreation);
  return order === 'desc' ? oldestFirst.reverse() : oldestFirst;
}
