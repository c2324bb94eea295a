import type { RowQuery } from '@evident/read-model';

/** Of things by when they were made, in milliseconds since the epoch; both ends inclusive. */
export interface CreationRange {
  readonly createdFrom?: number | undefined;
  readonly createdTo?: number | undefined;
}

export interface CreationRequest extends CreationRange {
  /** From the oldest or from the newest; undefined: as the list has it. */
  readonly order?: 'asc' | 'desc' | undefined;
}

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
  order: 'asc' | 'desc' | undefined,
  byCreation: (one: Item, other: Item) => number,
): Item[] {
  const oldestFirst = items.toSorted(byCreation);
  return order === 'desc' ? oldestFirst.reverse() : oldestFirst;
}
