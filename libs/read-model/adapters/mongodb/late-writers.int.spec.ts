import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, group, parkedAt, people, upTo, write, writesTo } from '../../contract/people.ts';
import type { ReadModelStore } from '../../src/read-model.port.ts';
import { openMongodbReadModel } from './index.ts';
import { MongodbConnection } from './mongodb-connection.ts';
import { dropDatabase, freshDatabase, sharedServer } from './mongodb-server.fixture.ts';
import { rowDocument } from './row-document.ts';
import { SharedStore } from './shared-store.ts';

const { server, missing } = await sharedServer();
const ada = { tenant: 'main', name: 'ada' };
const stream = 'person-main.1';

/** The steps of a batch, one by one, as a projector takes them that was held up in its middle. */
describe.skipIf(missing !== undefined)(`a projector that wakes up after another took over, on ${server.name}`, () => {
  let url: string;
  let old: SharedStore;
  let next: ReadModelStore;
  let epoch: number;
  let parking: string;
  let turn: number;

  beforeEach(async () => {
    url = freshDatabase(server);
    next = await openMongodbReadModel({ url });
    await next.prepare([people]);
    ({ epoch } = await next.takeOver(group));
    await next.startOver(group, { epoch, drop: [people], forget: [], views: [people] });
    const writes = writesTo(people, write('ada', ada, 5));
    await next.applyBatch(group, { epoch, progress: upTo(5), writes, parked: [parkedAt(5, stream)] });
    old = new SharedStore(new MongodbConnection({ url, timeoutMs: 5000 }));
    const record = (await old.records.read(group)) ?? expect.fail('no record');
    ({ parking, turn } = record);
  });
  afterEach(async () => {
    await old.connection.close();
    await next.close();
    await dropDatabase(url);
  });

  const collection = async () =>
    `people_v1.${(await old.records.read(group))?.fills.find(({ view }) => view === 'people@1')?.fill}`;
  const writeLate = async (name: string, place: number) => {
    const late = write('ada', { ...ada, name: 'late' }, place);
    await old.view(name).write([{ write: late, document: rowDocument(people, late) }], turn);
  };

  it('changes no row that has moved past it', async () => {
    const name = await collection();
    await next.takeOver(group);
    await writeLate(name, 4);
    expect(await next.get(people, 'ada')).toEqual(ada);
  });

  it('changes no row that the new owner has written, at whatever place', async () => {
    const name = await collection();
    const taken = await next.takeOver(group);
    const retried = writesTo(people, write('ada', { ...ada, age: 1 }, 5, 'retry-1'));
    await next.applyBatch(group, { epoch: taken.epoch, writes: retried });
    await writeLate(name, 9);
    expect(await next.get(people, 'ada')).toEqual({ ...ada, age: 1 });
  });

  it('finds the new owner able to write what was built beside and adopted', async () => {
    const beside = next.beside('green');
    for (let build = 0; build < 3; build += 1) {
      const taken = await beside.takeOver(group);
      await beside.startOver(group, { epoch: taken.epoch, drop: [people], forget: [], views: [people] });
      const writes = writesTo(people, write('ada', ada, 6));
      await beside.applyBatch(group, { epoch: taken.epoch, progress: upTo(6), writes });
    }
    await next.adopt(group, { epoch, generation: 'green' });
    const writes = writesTo(people, write('ada', { ...ada, age: 7 }, 7));
    await next.applyBatch(group, { epoch, progress: upTo(7), writes });
    expect((await next.get(people, 'ada'))?.age).toBe(7);
  });

  it('changes no row where the group has started over, on another log or from the beginning', async () => {
    const name = await collection();
    const taken = await next.takeOver(group);
    await next.startOver(group, { epoch: taken.epoch, drop: [people], forget: ['people'], views: [people] });
    await writeLate(name, 9_999);
    expect(await next.get(people, 'ada')).toBeUndefined();
    const again = await next.takeOver(group);
    await next.startOver(group, { epoch: again.epoch, drop: [people], forget: ['people'], views: [people] });
    expect((await old.connection.collectionNames('people_v1.')).filter((each) => each === name)).toEqual([]);
  });

  it('neither parks nor unparks a stream', async () => {
    await next.takeOver(group);
    await old.parking.remove(parking, [{ projection: 'people', stream }]);
    await old.parking.add(parking, [parkedAt(7, 'person-main.7')]);
    expect(await next.readParked(group)).toEqual([parkedAt(5, stream)]);
  });

  it('moves no checkpoint', async () => {
    const taken = await next.takeOver(group);
    expect(await old.records.advance(group, epoch, upTo(9))).toEqual({ changed: false, current: taken.epoch });
    expect((await next.readCheckpoint(group))?.position).toBe(at(5));
  });

  it('who takes over in the middle of a takeover finds all that was parked', async () => {
    const interrupted = await old.records.raiseEpoch(group, 'blue');
    await old.parking.copy(interrupted.parking, 'a set that never counted');
    await next.takeOver(group);
    expect(await next.readParked(group)).toEqual([parkedAt(5, stream)]);
  });

  it('is a fault where the database was put back under its owner, who must not write on over the gap', async () => {
    const record = (await old.records.read(group)) ?? expect.fail('no record');
    await next.applyBatch(group, { epoch, progress: upTo(8), writes: new Map() });
    await old.records.put(record);
    const gap = next.applyBatch(group, { epoch, progress: upTo(9), writes: new Map() });
    await expect(gap).rejects.toMatchObject({ code: 'damaged' });
  });

  it('an advance whose answer was lost is not one too many', async () => {
    await next.applyBatch(group, { epoch, progress: upTo(6), writes: new Map() });
    await old.records.advance(group, epoch, upTo(7));
    expect(await next.applyBatch(group, { epoch, progress: upTo(7), writes: new Map() })).toEqual({
      outcome: 'applied',
    });
    expect(await next.applyBatch(group, { epoch, progress: upTo(9), writes: new Map() })).toEqual({
      outcome: 'applied',
    });
    expect((await next.readCheckpoint(group))?.position).toBe(at(9));
  });
});
