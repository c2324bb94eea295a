import type { Collection, IndexDescriptionInfo } from 'mongodb';
import { isMissingCollection } from './mongodb-fault.ts';

/** Fields of an index, all ascending, in order. */
export type IndexKey = Readonly<Record<string, 1>>;

type Indexed = Pick<Collection, 'indexes' | 'createIndexes'>;

/**
 * Makes those of these indexes, by name, that are not there, and the collection with them; answers with all that are there
 * then. Processes that start at once all do so: who finds that others have made some meanwhile makes what is left, as
 * servers other than MongoDB answer with an error, or with the end of the connection, to who makes an index again.
 */
export async function makeMissingIndexes(
  collection: Indexed,
  wanted: ReadonlyMap<string, IndexKey>,
): Promise<ReadonlyMap<string, IndexDescriptionInfo>> {
  let present = await presentIndexes(collection);
  for (;;) {
    const missing = [...wanted].filter(([name]) => !present.has(name));
    if (missing.length === 0) return present;
    try {
      await collection.createIndexes(missing.map(([name, key]) => ({ name, key: { ...key } })));
      return await presentIndexes(collection);
    } catch (error) {
      present = await presentIndexes(collection);
      if (!missing.some(([name]) => present.has(name))) throw error;
    }
  }
}

/** Secondary indexes by name; none where the collection is not there yet. */
async function presentIndexes(collection: Indexed): Promise<ReadonlyMap<string, IndexDescriptionInfo>> {
  try {
    const indexes = await collection.indexes();
    return new Map(indexes.flatMap((index) => (index.name === '_id_' ? [] : [[index.name ?? '', index]])));
  } catch (error) {
    if (isMissingCollection(error)) return new Map();
    throw error;
  }
}
