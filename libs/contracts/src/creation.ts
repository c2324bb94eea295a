import { z } from 'zod';
import { pageRequest } from './objects.ts';

/**
 * Of things by when they were made: `createdFrom` and `createdTo` in milliseconds since the epoch, both inclusive; `order` is
 * from the oldest or from the newest, without it as the list says.
 */
const creationRequest = z.object({
  createdFrom: z.number().int().optional(),
  createdTo: z.number().int().optional(),
  order: z.enum(['asc', 'desc']).optional(),
});
export type CreationRequest = Readonly<z.infer<typeof creationRequest>>;
export type CreationRange = Pick<CreationRequest, 'createdFrom' | 'createdTo'>;

/** A page of things by when they were made. `total` counts what lies in the range. */
export const createdPageRequest = pageRequest.extend(creationRequest.shape);

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
