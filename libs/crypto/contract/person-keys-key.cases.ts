import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { PersonKeysCase } from './person-keys-case.ts';
import { assertFault, assertSameKey, keyIn, obtained } from './same-key.ts';

const MANY = 2_500;

export const keyCases: readonly PersonKeysCase[] = [
  {
    name: 'gives a person the same key ever after, in every process and after a restart',
    async run({ store }) {
      const person = randomUUID();
      const first = await store.connect();
      const key = await obtained(first, person);
      assertSameKey(await obtained(first, person), key);
      const second = await store.connect();
      assertSameKey(keyIn(await second.find([person]), person), key);
      await first.close();
      await second.close();
      assertSameKey(await obtained(await store.connect(), person), key);
    },
  },
  {
    name: 'makes keys of 256 bits, another for each person',
    async run({ store }) {
      const keys = await store.connect();
      const persons = [randomUUID(), randomUUID(), 'unknown-2026-11'];
      const made = await keys.obtain([...persons, ...persons]);
      assert.deepEqual([...made.keys()].sort(), [...persons].sort());
      const raw = persons.map((person) => keyIn(made, person).export());
      assert.deepEqual(
        raw.map((bytes) => bytes.length),
        [32, 32, 32],
      );
      assert.equal(new Set(raw.map((bytes) => bytes.toString('hex'))).size, 3);
    },
  },
  {
    name: 'makes no key by looking for one',
    async run({ store }) {
      const keys = await store.connect();
      const person = randomUUID();
      assert.equal((await keys.find([person])).size, 0);
      assert.equal((await keys.find([person])).size, 0);
      assert.equal(keys.peek(person), undefined);
    },
  },
  {
    name: 'lets one win where processes make the same keys at once',
    async run({ store }) {
      const persons = Array.from({ length: 40 }, () => randomUUID());
      const connections = await Promise.all([store.connect(), store.connect(), store.connect()]);
      const answers = await Promise.all(
        connections.flatMap((keys) => [keys.obtain(persons), ...persons.map((person) => keys.obtain([person]))]),
      );
      const settled = await (await store.connect()).find(persons);
      assert.equal(settled.size, persons.length);
      for (const answer of answers) {
        for (const [person, key] of answer) assertSameKey(key, keyIn(settled, person));
      }
    },
  },
  {
    name: 'obtains and finds thousands at a time',
    async run({ store }) {
      const persons = Array.from({ length: MANY }, () => randomUUID());
      const made = await (await store.connect()).obtain(persons);
      const found = await (await store.connect()).find([...persons, randomUUID()]);
      assert.equal(found.size, MANY);
      for (const person of persons) assertSameKey(keyIn(found, person), keyIn(made, person));
    },
  },
  {
    name: 'peeks at a key it gave before, without a promise',
    async run({ store }) {
      const keys = await store.connect();
      const person = randomUUID();
      const key = await obtained(keys, person);
      const peeked = keys.peek(person);
      assert.ok(peeked !== undefined && peeked !== 'erased');
      assertSameKey(peeked, key);
    },
  },
  {
    name: 'refuses names that are empty, long or not plain',
    async run({ store }) {
      const keys = await store.connect();
      for (const name of ['', 'x'.repeat(201), 'a b', 'a\u0000b', 'é', 'a\n']) {
        await assertFault('misuse', () => keys.obtain([name]));
        await assertFault('misuse', () => keys.find([name]));
        await assertFault('misuse', () => keys.erase(name));
      }
    },
  },
  {
    name: 'only reads where it was opened for reading only',
    async run({ store }) {
      const reading = await store.connect({ readOnly: true });
      const writing = await store.connect();
      const person = randomUUID();
      assert.equal((await reading.find([person])).size, 0);
      const key = await obtained(writing, person);
      assertSameKey(await obtained(reading, person), key);
      await assertFault('misuse', () => reading.obtain([randomUUID()]));
      await assertFault('misuse', () => reading.erase(person));
      await assertFault('misuse', () => reading.importWrapped([]));
      assertSameKey(keyIn(await writing.find([person]), person), key);
    },
  },
  {
    name: 'finishes what is under way before it closes, and refuses everything afterwards',
    async run({ store }) {
      const keys = await store.connect();
      const persons = Array.from({ length: 20 }, () => randomUUID());
      const underWay = persons.map((person) => obtained(keys, person));
      await Promise.all([keys.close(), keys.close()]);
      await Promise.all(underWay);
      await keys.close();
      await assertFault('closed', () => keys.find(persons));
      await assertFault('closed', () => keys.obtain(persons));
      await assertFault('closed', () => keys.peek('p'));
      assert.equal((await (await store.connect()).find(persons)).size, persons.length);
    },
  },
];
