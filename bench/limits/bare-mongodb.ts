import type { EventStore, Position } from '@evident/event-store';
import { type Document, MongoClient, ReadConcern } from 'mongodb';

const concerns = {
  writeConcern: { w: 'majority', journal: true },
  readConcern: new ReadConcern('majority'),
} as const;

/** What was sent of a command, without what the driver adds for its session. */
export function withoutSession({ lsid, $clusterTime, $db, ...command }: Document): Document {
  return command;
}

/**
 * Sends the finds and bulk writes that somebody else sent before, in their order, by nothing but the driver: the same
 * indexes, documents, guards and concerns. What followed each other and is of one kind goes side by side.
 *
 * @returns milliseconds, the making of collections and indexes left out.
 */
export async function replay(url: string, commands: readonly Document[]): Promise<number> {
  const client = new MongoClient(url);
  const database = client.db();
  for (const { createIndexes, indexes } of commands) {
    if (createIndexes !== undefined) await database.collection(createIndexes).createIndexes(indexes);
  }
  const began = performance.now();
  let together: Document[] = [];
  const send = async () => {
    await Promise.all(together.map((command) => database.command(command)));
    together = [];
  };
  for (const command of commands) {
    const [kind = ''] = Object.keys(command);
    if (kind !== 'find' && kind !== 'update') continue;
    if (together[0] !== undefined && Object.keys(together[0])[0] !== kind) await send();
    together.push(command);
  }
  await send();
  const took = performance.now() - began;
  await database.dropDatabase();
  await client.close();
  return took;
}

/** Reads the log and replaces one document an event, unguarded, a batch in one unordered bulk write; milliseconds. */
export async function scanAndReplace(url: string, log: EventStore): Promise<number> {
  const client = new MongoClient(url);
  const collection = client.db(undefined, concerns).collection<{ _id: string; row: unknown }>('bare');
  const began = performance.now();
  let at: Position | undefined;
  for (;;) {
    const batch = await log.readAll(at, 1_000);
    if ('outcome' in batch || batch.length === 0) break;
    const replacements = batch.map(({ stream, data }) => ({
      replaceOne: { filter: { _id: stream }, replacement: { row: data }, upsert: true },
    }));
    await collection.bulkWrite(replacements, { ordered: false });
    at = batch.at(-1)?.position;
  }
  const took = performance.now() - began;
  await client.db().dropDatabase();
  await client.close();
  return took;
}

/** Reads rows as the adapter's collections hold them, by nothing but the driver. */
export function bareReads(url: string, collection: string) {
  const client = new MongoClient(url);
  const rows = client.db(undefined, concerns).collection<{ _id: string }>(collection);
  return {
    one: (key: string) => rows.findOne({ _id: key }),
    page: (filter: Document, sort: Document, limit: number) => rows.find(filter, { sort, limit }).toArray(),
    close: () => client.close(),
  };
}
