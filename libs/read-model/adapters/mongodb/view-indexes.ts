import type { Collection, IndexDescriptionInfo } from 'mongodb';
import type { AnyView } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { isMissingCollection } from './mongodb-fault.ts';
import type { RowDocument } from './row-document.ts';

/** Ours begin so; what an operator made beside them is left alone. */
const ownPrefix = 'live';

/**
 * Members of an index as fields: first whether the row is live, last the key, which gives every list one order. The
 * empty index is the live rows by key.
 */
export function indexFields(members: readonly string[]): readonly string[] {
  return ['live', ...members.map((member) => `row.${member}`), '_id'];
}

export function indexName(members: readonly string[]): string {
  return [ownPrefix, ...members].join('+');
}

/**
 * Makes the declared indexes, drops those that are declared no more, and checks what is there then. Idempotent, and
 * makes the collection. A unique index that somebody added is a `misuse`: it would refuse rows that are right.
 */
export async function ensureIndexes(collection: Collection<RowDocument>, indexes: AnyView['indexes']): Promise<void> {
  const declared = new Map([[], ...indexes].map((members) => [indexName(members), indexFields(members)]));
  const before = await presentIndexes(collection);
  const missing = [...declared].filter(([name]) => !before.has(name));
  if (missing.length > 0)
    await collection.createIndexes(missing.map(([name, fields]) => ({ name, key: keyOf(fields) })));
  for (const name of before.keys()) {
    if (name.startsWith(ownPrefix) && !declared.has(name)) await collection.dropIndex(name);
  }
  const after = await presentIndexes(collection);
  for (const [name, fields] of declared) {
    if (Object.keys(after.get(name)?.key ?? {}).join() === fields.join()) continue;
    throw misuse(collection, `the index ${name} is not what was declared; drop it and start again`);
  }
  const unique = [...after.values()].find((index) => index.unique === true);
  if (unique !== undefined)
    throw misuse(collection, `the index ${unique.name} is unique and would refuse rows; drop it`);
}

function keyOf(fields: readonly string[]): Record<string, 1> {
  return Object.fromEntries(fields.map((field) => [field, 1]));
}

/** Secondary indexes by name; none where the collection is not there yet. */
export async function presentIndexes(
  collection: Pick<Collection, 'indexes'>,
): Promise<ReadonlyMap<string, IndexDescriptionInfo>> {
  try {
    const indexes = await collection.indexes();
    return new Map(indexes.flatMap((index) => (index.name === '_id_' ? [] : [[index.name ?? '', index]])));
  } catch (error) {
    if (isMissingCollection(error)) return new Map();
    throw error;
  }
}

function misuse({ collectionName }: Collection<RowDocument>, what: string): ReadModelFault {
  return new ReadModelFault('misuse', `${collectionName}: ${what}`);
}
