import type { Collection } from 'mongodb';
import type { AnyView } from '../../src/read-model.port.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { type IndexKey, makeMissingIndexes } from './missing-indexes.ts';
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
  const declared = new Map([[], ...indexes].map((members) => [indexName(members), keyOf(indexFields(members))]));
  const present = await makeMissingIndexes(collection, declared);
  for (const name of present.keys()) {
    if (name.startsWith(ownPrefix) && !declared.has(name)) await collection.dropIndex(name);
  }
  for (const [name, key] of declared) {
    if (Object.keys(present.get(name)?.key ?? {}).join() === Object.keys(key).join()) continue;
    throw misuse(collection, `the index ${name} is not what was declared; drop it and start again`);
  }
  const unique = [...present.values()].find((index) => index.unique === true);
  if (unique !== undefined)
    throw misuse(collection, `the index ${unique.name} is unique and would refuse rows; drop it`);
}

function keyOf(fields: readonly string[]): IndexKey {
  return Object.fromEntries(fields.map((field) => [field, 1]));
}

function misuse({ collectionName }: Collection<RowDocument>, what: string): ReadModelFault {
  return new ReadModelFault('misuse', `${collectionName}: ${what}`);
}
