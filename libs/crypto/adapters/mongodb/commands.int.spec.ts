import { createSecretKey, randomBytes } from 'node:crypto';
import { type Document, MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openMongodbPersonKeys } from './index.ts';
import { dropDatabase, freshDatabase, sharedServer } from './person-keys-server.fixture.ts';

const { server, missing } = await sharedServer();

describe.skipIf(missing !== undefined)(`commands for person keys to ${server.name}`, () => {
  it('write with majority and the journal and read with majority, whatever the URL says', async () => {
    const commands = heard();
    const url = new URL(freshDatabase(server));
    url.search = '?w=1&journal=false&readConcernLevel=local&readPreference=nearest&monitorCommands=true';
    const keys = await openMongodbPersonKeys({
      url: url.href,
      wrappingKey: createSecretKey(randomBytes(32)),
      leaseMs: 20,
    });
    await keys.obtain(['ada', 'bob']);
    await keys.erase('ada');
    await keys.close();
    await dropDatabase(url.href);
    const named = (...names: string[]) => commands.filter((command) => names.includes(Object.keys(command)[0] ?? ''));
    const writes = named('insert', 'update', 'delete', 'findAndModify');
    // The database, two keys, an erasure.
    expect(writes.length).toBeGreaterThanOrEqual(3);
    for (const write of writes) expect(write.writeConcern).toMatchObject({ w: 'majority', j: true });
    const reads = named('find');
    expect(reads.length).toBeGreaterThanOrEqual(2);
    for (const read of reads) expect(read.readConcern).toMatchObject({ level: 'majority' });
    expect(commands.filter(({ $readPreference: preference }) => preference?.mode === 'nearest')).toEqual([]);
  });
});

/** What every client of this process asks from now on, to the end of the test; of those that monitor their commands. */
function heard(): readonly Document[] {
  const commands: Document[] = [];
  const { emit } = MongoClient.prototype;
  const spied = vi.spyOn(MongoClient.prototype, 'emit').mockImplementation(function (
    this: MongoClient,
    ...[event, ...rest]: Parameters<typeof emit>
  ) {
    if (event === 'commandStarted') commands.push({ ...(rest[0] as unknown as { command: Document }).command });
    return emit.call(this, event, ...rest);
  });
  onTestFinished(() => spied.mockRestore());
  return commands;
}
