import type { Document } from 'mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { batchCases } from '../../contract/batch.cases.ts';
import { generationCases } from '../../contract/generation.cases.ts';
import { people } from '../../contract/people.ts';
import { runReadModelCase } from '../../contract/read-model.contract.ts';
import { openMongodbReadModel } from './index.ts';
import { dropDatabase, freshDatabase, harnessOn, sharedServer } from './mongodb-server.fixture.ts';

const { server, missing } = await sharedServer();

describe.skipIf(missing !== undefined)(`commands of the mongodb adapter to ${server.name}`, () => {
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

/** Commands are reused by the driver; rows in them are of no interest here. */
function structuredCloneOf(command: Document): Document {
  return { ...command };
}
