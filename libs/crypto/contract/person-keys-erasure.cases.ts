import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { PersonKeysCase } from './person-keys-case.ts';
import { collected, obtained } from './same-key.ts';

export const erasureCases: readonly PersonKeysCase[] = [
  {
    name: 'gives no key away once its erasure is acknowledged, in any process',
    async run({ store }) {
      const [eraser, other] = [await store.connect(), await store.connect()];
      for (let round = 0; round < 20; round += 1) {
        const person = randomUUID();
        await obtained(other, person);
        assert.equal(await eraser.erase(person), true);
        for (const keys of [other, eraser]) {
          const peeked = keys.peek(person);
          assert.ok(peeked === 'erased' || peeked === undefined, 'an erased key was still at hand');
          assert.equal((await keys.find([person])).size, 0);
        }
      }
    },
  },
  {
    name: 'never makes a key again for a person who was erased',
    async run({ store }) {
      const person = randomUUID();
      const keys = await store.connect();
      await obtained(keys, person);
      await keys.erase(person);
      assert.equal((await keys.obtain([person])).size, 0);
      assert.equal((await (await store.connect()).obtain([person])).size, 0);
      await keys.close();
      const reopened = await store.connect();
      const beside = randomUUID();
      assert.deepEqual([...(await reopened.obtain([person, beside])).keys()], [beside]);
    },
  },
  {
    name: 'says whether an erasure deleted a key, and erases once',
    async run({ store }) {
      const keys = await store.connect();
      const person = randomUUID();
      await obtained(keys, person);
      assert.equal(await keys.erase(person), true);
      assert.equal(await keys.erase(person), false);
      assert.deepEqual(await collected(keys.erasedPersons()), [person]);
    },
  },
  {
    name: 'counts a person without a key as erased too',
    async run({ store }) {
      const keys = await store.connect();
      const person = randomUUID();
      assert.equal(await keys.erase(person), false);
      assert.equal((await keys.obtain([person])).size, 0);
      assert.deepEqual(await collected((await store.connect()).erasedPersons()), [person]);
    },
  },
  {
    name: 'leaves no key where one is made and erased at the same time',
    async run({ store }) {
      const [maker, eraser] = [await store.connect(), await store.connect()];
      const persons = Array.from({ length: 30 }, () => randomUUID());
      await Promise.all(
        persons.flatMap((person) => [maker.obtain([person]), eraser.erase(person), maker.find([person])]),
      );
      for (const keys of [maker, eraser, await store.connect()]) {
        assert.equal((await keys.obtain(persons)).size, 0);
        for (const person of persons) assert.ok(typeof (keys.peek(person) ?? 'erased') === 'string');
      }
    },
  },
  {
    name: 'leaves the keys of everyone else',
    async run({ store }) {
      const keys = await store.connect();
      const persons = Array.from({ length: 50 }, () => randomUUID());
      await keys.obtain(persons);
      const gone = persons.filter((_, index) => index % 2 === 0);
      await Promise.all(gone.map((person) => keys.erase(person)));
      const left = await (await store.connect()).find(persons);
      assert.deepEqual([...left.keys()].sort(), persons.filter((person) => !gone.includes(person)).sort());
    },
  },
];
