import assert from 'node:assert/strict';
import {
  assertApplied,
  assertFault,
  at,
  group,
  type Person,
  parkedAt,
  people,
  peopleAgain,
  takeOver,
  upTo,
  withPeople,
  write,
  writesTo,
} from './people.ts';
import type { ReadModelCase } from './read-model-case.ts';

const ada: Person = { tenant: 'main', name: 'ada' };

export const groupCases: readonly ReadModelCase[] = [
  {
    name: 'a group that nobody took over has no checkpoint',
    async run(model) {
      const store = await model.connect();
      assert.equal(await store.readCheckpoint(group), undefined);
      assert.deepEqual(await store.readParked(group), []);
      assert.deepEqual(await store.takeOver(group), {
        epoch: 1,
        position: undefined,
        events: 0,
        generation: 'blue',
        views: [],
      });
      assert.deepEqual(await store.readCheckpoint(group), {
        epoch: 1,
        position: undefined,
        events: 0,
        generation: 'blue',
        views: [],
      });
    },
  },
  {
    name: 'each takeover raises the epoch and keeps the position, by whichever process and after a restart',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const beside = await model.connect();
      assert.equal((await beside.takeOver(group)).epoch, epoch + 1);
      await store.close();
      await beside.close();
      const again = await (await model.connect()).takeOver(group);
      assert.deepEqual([again.epoch, again.position, again.events], [epoch + 2, at(1), 1]);
    },
  },
  {
    name: 'a batch of an older epoch is refused and changes nothing',
    async run(model) {
      const { store: old, epoch } = await withPeople(model, { ada });
      const { store: next, epoch: current } = await takeOver(model);
      const parked = [parkedAt(2, 'person-main.2')];
      const writes = writesTo(people, write('ada', { ...ada, age: 99 }, 9), write('bob', ada, 9));
      const stale = { outcome: 'stale-epoch', current };
      assert.deepEqual(await old.applyBatch(group, { epoch, progress: upTo(9), writes, parked }), stale);
      assert.deepEqual(await old.startOver(group, { epoch, drop: [people], forget: ['people'], views: [] }), stale);
      assert.deepEqual(await next.applyBatch(group, { epoch, progress: upTo(9), writes, parked }), stale);
      for (const reader of [old, next]) {
        assert.deepEqual(await reader.get(people, 'ada'), ada);
        assert.equal(await reader.get(people, 'bob'), undefined);
        assert.deepEqual(await reader.readParked(group), []);
        assert.equal((await reader.readCheckpoint(group))?.position, at(1));
      }
      assertApplied(await next.applyBatch(group, { epoch: current, progress: upTo(2), writes: new Map() }));
    },
  },
  {
    name: 'groups have epochs, checkpoints and parking of their own',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const security = await store.takeOver('security');
      const parked = [parkedAt(1, 'person-main.1')];
      await store.applyBatch('security', { epoch: security.epoch, progress: upTo(50), writes: new Map(), parked });
      assert.equal((await store.readCheckpoint(group))?.position, at(1));
      assert.deepEqual(await store.readParked(group), []);
      assertApplied(await store.applyBatch(group, { epoch, progress: upTo(2), writes: new Map() }));
    },
  },
  {
    name: 'a forgotten group is gone with its parking, its owner is refused, and the next begins anew',
    async run(model) {
      const { store, epoch } = await takeOver(model, 'webhook.1.a');
      const { epoch: kept } = await store.takeOver('webhook.1.ab');
      const parked = [parkedAt(4, 'person-main.1', ['a'])];
      for (const [name, own] of [['webhook.1.a', epoch] as const, ['webhook.1.ab', kept] as const]) {
        assertApplied(await store.applyBatch(name, { epoch: own, progress: upTo(5), writes: new Map(), parked }));
      }
      const other = await model.connect();
      for (let time = 0; time < 2; time += 1) await other.forgetGroup('webhook.1.a');
      for (const reader of [store, other]) {
        assert.equal(await reader.readCheckpoint('webhook.1.a'), undefined);
        assert.deepEqual(await reader.readParked('webhook.1.a'), []);
        assert.equal((await reader.readCheckpoint('webhook.1.ab'))?.position, at(5));
        assert.deepEqual(await reader.readParked('webhook.1.ab'), parked);
      }
      const late = await store.applyBatch('webhook.1.a', { epoch, progress: upTo(6), writes: new Map() });
      assert.deepEqual(late, { outcome: 'stale-epoch', current: 0 });
      const nothing = { position: undefined, events: 0, generation: 'blue', views: [] };
      assert.deepEqual(await store.takeOver('webhook.1.a'), { epoch: 1, ...nothing });
      assert.deepEqual(await store.readParked('webhook.1.a'), []);
      assertApplied(await store.applyBatch('webhook.1.a', { epoch: 1, progress: upTo(2), writes: new Map() }));
      assert.equal((await other.readCheckpoint('webhook.1.a'))?.position, at(2));
    },
  },
  {
    name: 'a group that fills views is not forgotten',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await store.keepViews(group, { epoch, views: [people] });
      await assertFault(store.forgetGroup(group), 'misuse');
      assert.equal((await store.readCheckpoint(group))?.position, at(1));
      assert.deepEqual(await store.get(people, 'ada'), ada);
    },
  },
  {
    name: 'groups are found by the exact beginning of their name, in order of it, here or beside',
    async run(model) {
      const store = await model.connect();
      for (const name of ['webhook.2', 'webhook.10', 'Webhook.1', 'webhook', 'webhook%', 'webhooks.1', 'other']) {
        await store.takeOver(name);
      }
      await store.beside('green').takeOver('webhook.3');
      const other = await model.connect();
      assert.deepEqual(await other.readGroups('webhook.'), ['webhook.10', 'webhook.2']);
      assert.equal((await other.readGroups('')).length, 7);
      assert.deepEqual(await other.beside('green').readGroups('webhook.'), ['webhook.3']);
      await other.forgetGroup('webhook.10');
      await other.beside('green').forgetGroup('webhook.2');
      assert.deepEqual(await store.readGroups('webhook.'), ['webhook.2']);
    },
  },
  {
    name: 'parked streams keep their first event and gather keys, in order of position, after a restart too',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const apply = async (batch: object) =>
        assertApplied(await store.applyBatch(group, { epoch, writes: new Map(), ...batch }));
      await apply({ parked: [parkedAt(8, 'person-main.8', ['b'])] });
      await apply({ parked: [parkedAt(3, 'person-main.3')] });
      await apply({ parked: [{ ...parkedAt(9, 'person-main.8', ['a', 'b']), projection: 'people' }] });
      const expected = [parkedAt(3, 'person-main.3'), parkedAt(8, 'person-main.8', ['a', 'b'])];
      assert.deepEqual(await store.readParked(group), expected);
      await store.close();
      assert.deepEqual(await (await model.connect()).readParked(group), expected);
    },
  },
  {
    name: 'a stream is unparked before it is parked again, and with it only that stream of that projection',
    async run(model) {
      const { store, epoch } = await takeOver(model);
      const other = { ...parkedAt(2, 'person-main.1', ['x']), projection: 'totals' };
      const parked = [parkedAt(1, 'person-main.1', ['a']), other, parkedAt(3, 'person-main.3')];
      await store.applyBatch(group, { epoch, writes: new Map(), parked });
      const unparked = [{ projection: 'people', stream: 'person-main.1' }];
      await store.applyBatch(group, {
        epoch,
        writes: new Map(),
        unparked,
        parked: [parkedAt(5, 'person-main.1', ['b'])],
      });
      assert.deepEqual(await store.readParked(group), [
        other,
        parkedAt(3, 'person-main.3'),
        parkedAt(5, 'person-main.1', ['b']),
      ]);
      await store.applyBatch(group, { epoch, writes: new Map(), unparked });
      assert.deepEqual(await store.readParked(group), [other, parkedAt(3, 'person-main.3')]);
    },
  },
  {
    name: 'keeping fewer views leaves rows and checkpoint as they are, and is refused to an older epoch',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      await store.prepare([peopleAgain]);
      await store.startOver(group, { epoch, drop: [peopleAgain], forget: [], views: [people, peopleAgain] });
      await store.applyBatch(group, { epoch, progress: upTo(2), writes: writesTo(people, write('bob', ada, 2)) });
      assertApplied(await store.keepViews(group, { epoch, views: [people] }));
      const reader = await model.connect();
      const checkpoint = { epoch, position: at(2), events: 2, generation: 'blue', views: ['people@1'] };
      assert.deepEqual(await reader.readCheckpoint(group), checkpoint);
      assert.deepEqual(await reader.get(people, 'bob'), ada);
      const { epoch: current } = await takeOver(model);
      const stale = { outcome: 'stale-epoch', current };
      assert.deepEqual(await store.keepViews(group, { epoch, views: [] }), stale);
      assert.deepEqual((await reader.readCheckpoint(group))?.views, ['people@1']);
    },
  },
  {
    name: 'starting over clears the checkpoint, the named views and the named parking, and nothing else',
    async run(model) {
      const { store, epoch } = await withPeople(model, { ada });
      const kept = { ...parkedAt(1, 'person-main.1'), projection: 'kept' };
      const writes = writesTo(peopleAgain, write('bob', ada, 2));
      await store.applyBatch(group, {
        epoch,
        progress: upTo(2),
        writes,
        parked: [parkedAt(1, 'person-main.1', ['a']), kept],
      });
      const request = { epoch, drop: [people], forget: ['people'], views: [people, peopleAgain] };
      for (let time = 0; time < 2; time += 1) assertApplied(await store.startOver(group, request));
      const beside = await model.connect();
      for (const reader of [store, beside]) {
        assert.equal(await reader.get(people, 'ada'), undefined);
        assert.equal((await reader.getMany(people, ['ada'])).size, 0);
        assert.deepEqual(await reader.find(people, { index: ['tenant', 'name'], limit: 5 }), []);
        assert.deepEqual(await reader.get(peopleAgain, 'bob'), ada);
        assert.deepEqual(await reader.readParked(group), [kept]);
        const checkpoint = {
          epoch,
          position: undefined,
          events: 0,
          generation: 'blue',
          views: ['people@1', 'people@2'],
        };
        assert.deepEqual(await reader.readCheckpoint(group), checkpoint);
      }
      assertApplied(
        await store.applyBatch(group, {
          epoch,
          progress: upTo(1, 'log-b'),
          writes: writesTo(people, { ...write('ada', ada, 1), position: at(1, 'log-b') }),
        }),
      );
      assert.equal((await store.readCheckpoint(group))?.position, at(1, 'log-b'));
    },
  },
];
