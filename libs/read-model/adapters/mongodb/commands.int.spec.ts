import type { Document } from 'mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { batchCases } from '../../contract/batch.cases.ts';
import { generationCases } from '../../contract/generation.cases.ts';
import { groupCases } from '../../contract/group.cases.ts';
import { people } from '../../contract/people.ts';
import { queryCases } from '../../contract/query.cases.ts';
import { runReadModelCase } from '../../contract/read-model.contract.ts';
import { rowCases } from '../../contract/row.cases.ts';
import { openMongodbReadModel } from './index.ts';
import { dropDatabase, freshDatabase, harnessOn, sharedServer } from './mongodb-server.fixture.ts';

const { server, missing } = await sharedServer();

interface Asked {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

/** Every filter of a command, with the collection it goes to. */
function askedBy(command: Document): readonly Asked[] {
  const [name = ''] = Object.keys(command);
  const collection = String(command[name]);
  if (name === 'find') return [{ collection, filter: command.filter ?? {}, sort: command.sort ?? {} }];
  if (name === 'findAndModify') return [{ collection, filter: command.query ?? {}, sort: command.sort ?? {} }];
  if (name === 'update') return command.updates.map(({ q }: Document) => ({ collection, filter: q, sort: {} }));
  if (name === 'delete') return command.deletes.map(({ q }: Document) => ({ collection, filter: q, sort: {} }));
  return [];
}

/** Indexes of each collection when it was made: what the adapter declares, and the key, which is always there. */
function indexesIn(commands: readonly Document[]): ReadonlyMap<string, readonly (readonly string[])[]> {
  const found = new Map<string, (readonly string[])[]>();
  for (const { createIndexes, indexes } of commands) {
    if (createIndexes === undefined) continue;
    const keys = (indexes as Document[]).map(({ key }) =>
      Object.keys(key instanceof Map ? Object.fromEntries(key) : key),
    );
    found.set(createIndexes, [...(found.get(createIndexes) ?? []), ...keys]);
  }
  return found;
}

/** Equality on the first fields, then at most one range, then an order that is the rest of the index. */
function isServedBy(index: readonly string[], { filter, sort }: Asked): boolean {
  const fields = Object.keys(filter);
  const ranged = fields.filter((field) => isRange(filter[field]));
  const equal = fields.filter((field) => !ranged.includes(field));
  const first = index.slice(0, equal.length);
  if (!equal.every((field) => first.includes(field)) || ranged.length > 1) return false;
  if (ranged[0] !== undefined && index[equal.length] !== ranged[0]) return false;
  const order = Object.keys(sort instanceof Map ? Object.fromEntries(sort) : sort);
  const rest = order[0] === index[0] ? index : index.slice(equal.length);
  return order.every((field, at) => field === rest[at]);
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((name) => name.startsWith('$'));
}

describe.skipIf(missing !== undefined)(`commands of the mongodb adapter to ${server.name}`, () => {
  const all = [...rowCases, ...batchCases, ...groupCases, ...generationCases, ...queryCases];
  const cases = all.filter(({ name }) => !/megabyte|no reader sees/.test(name));

  it('ask for nothing that is not the beginning of a declared index, over the whole contract', async () => {
    const commands: Document[] = [];
    const open = harnessOn(server, { onCommand: (command) => commands.push(structuredCloneOf(command)) });
    for (const one of cases) await runReadModelCase(one, open);
    const indexes = indexesIn(commands);
    const unserved = commands.flatMap(askedBy).filter((asked) => {
      if (Object.keys(asked.filter).includes('_id')) return false;
      if (Object.keys(asked.filter).length === 0) return !isWholeCollection(asked);
      return !(indexes.get(asked.collection) ?? []).some((index) => isServedBy(index, asked));
    });
    expect(commands.length).toBeGreaterThan(500);
    expect(unserved).toEqual([]);
  });

  it('write with majority and the journal, read with majority, and begin no transaction', async () => {
    const commands: Document[] = [];
    const open = harnessOn(server, { onCommand: (command) => commands.push(structuredCloneOf(command)) });
    for (const one of [...batchCases, ...generationCases].slice(0, 6)) await runReadModelCase(one, open);
    for (const command of commands) {
      const [name = ''] = Object.keys(command);
      if (['insert', 'update', 'delete', 'findAndModify'].includes(name)) {
        expect(command.writeConcern, name).toMatchObject({ w: 'majority', j: true });
      }
      if (name === 'find') expect(command.readConcern).toMatchObject({ level: 'majority' });
      expect(command.startTransaction).toBeUndefined();
    }
  });

  it('keep to majority whatever the URL says', async () => {
    const commands: Document[] = [];
    const url = new URL(freshDatabase(server));
    url.search = '?w=1&journal=false&readConcernLevel=local&readPreference=nearest';
    const store = await openMongodbReadModel({ url: url.href, onCommand: (command) => commands.push(command) });
    await store.prepare([people]);
    await store.takeOver('directory');
    await store.get(people, 'ada');
    await store.close();
    await dropDatabase(url.href);
    expect(commands.find(({ insert }) => insert !== undefined)?.writeConcern).toMatchObject({ w: 'majority', j: true });
    expect(commands.find(({ find }) => find === 'groups')?.readConcern).toMatchObject({ level: 'majority' });
    expect(commands.filter(({ $readPreference: preference }) => preference?.mode === 'nearest')).toEqual([]);
  });

  it('make no unique index, and refuse one that somebody else made', async () => {
    const url = freshDatabase(server);
    const store = await openMongodbReadModel({ url });
    await store.prepare([people]);
    const client = new MongoClient(url);
    const collection = client.db().collection('people_v1.blue');
    const made = await collection.indexes();
    expect(made.filter(({ unique, name }) => unique === true && name !== '_id_')).toEqual([]);
    expect(made.map(({ name }) => name).sort()).toEqual(
      ['_id_', 'live', 'live+age', 'live+tenant+active+age', 'live+tenant+name'].sort(),
    );
    await collection.createIndex({ 'row.name': 1 }, { unique: true, name: 'by-hand' });
    await expect(store.prepare([people])).rejects.toThrow('by-hand is unique');
    await store.close();
    await client.close();
    await dropDatabase(url);
  });
});

/** The two that are read whole: the records of groups are a handful; rows are scanned to compare and check, by key. */
function isWholeCollection({ collection, sort }: Asked): boolean {
  const order = Object.keys(sort instanceof Map ? Object.fromEntries(sort) : sort);
  return collection === 'groups' || order.join() === '_id';
}

/** Commands are reused by the driver; rows in them are of no interest here. */
function structuredCloneOf(command: Document): Document {
  return { ...command };
}
