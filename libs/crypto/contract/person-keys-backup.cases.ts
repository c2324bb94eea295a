import assert from 'node:assert/strict';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { PersonKeysCase } from './person-keys-case.ts';
import { assertFault, assertSameKey, collected, keyIn, obtained } from './same-key.ts';

const MANY = 2_500;

export const backupCases: readonly PersonKeysCase[] = [
  {
    name: 'brings every key back from an export into an empty store',
    async run({ store, anotherStore }) {
      const keys = await store.connect();
      const persons = Array.from({ length: MANY }, () => randomUUID());
      const made = await keys.obtain(persons);
      const exported = await collected(keys.exportWrapped());
      assert.equal(exported.length, MANY);
      const restored = await (await anotherStore()).connect();
      const counts = await restored.importWrapped(exported);
      assert.deepEqual(counts, { imported: MANY, present: 0, erased: 0, differing: 0 });
      const found = await restored.find(persons);
      for (const person of persons) assertSameKey(keyIn(found, person), keyIn(made, person));
    },
  },
  {
    name: 'exports no key in the clear',
    async run({ store }) {
      const keys = await store.connect();
      const person = randomUUID();
      const raw = (await obtained(keys, person)).export();
      const text = JSON.stringify(await collected(keys.exportWrapped()));
      for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
        assert.ok(!text.includes(raw.toString(form)), `the key stands there as ${form}`);
      }
    },
  },
  {
    name: 'takes in the same export twice without a change',
    async run({ store }) {
      const keys = await store.connect();
      const key = await obtained(keys, 'somebody');
      const exported = await collected(keys.exportWrapped());
      assert.deepEqual(await keys.importWrapped([...exported, ...exported]), {
        imported: 0,
        present: 2,
        erased: 0,
        differing: 0,
      });
      assertSameKey(await obtained(keys, 'somebody'), key);
    },
  },
  {
    name: 'brings no erased person back from an export',
    async run({ store }) {
      const keys = await store.connect();
      await keys.obtain(['gone', 'here']);
      const exported = await collected(keys.exportWrapped());
      await keys.erase('gone');
      assert.deepEqual(await keys.importWrapped(exported), { imported: 0, present: 1, erased: 1, differing: 0 });
      assert.deepEqual([...(await keys.find(['gone', 'here'])).keys()], ['here']);
    },
  },
  {
    name: 'keeps a key that was made since the export',
    async run({ store, anotherStore }) {
      const old = await store.connect();
      await old.obtain(['somebody']);
      const now = await (await anotherStore()).connect();
      const key = await obtained(now, 'somebody');
      const counts = await now.importWrapped(old.exportWrapped());
      assert.deepEqual(counts, { imported: 0, present: 0, erased: 0, differing: 1 });
      assertSameKey(await obtained(now, 'somebody'), key);
    },
  },
  {
    name: 'refuses an export that was wrapped under another key, or belongs to another person',
    async run({ store, anotherStore }) {
      const foreign = await (await anotherStore({ wrappingKey: createSecretKey(randomBytes(32)) })).connect();
      await foreign.obtain(['somebody']);
      const keys = await store.connect();
      await assertFault('wrong-key', () => keys.importWrapped(foreign.exportWrapped()));
      await keys.obtain(['a']);
      const [entry] = await collected(keys.exportWrapped());
      assert.ok(entry !== undefined);
      await assertFault('wrong-key', () => keys.importWrapped([{ person: 'b', wrapped: entry.wrapped }]));
      assert.equal((await keys.find(['somebody', 'b'])).size, 0);
    },
  },
  {
    name: 'lists everyone who was erased',
    async run({ store }) {
      const keys = await store.connect();
      const persons = Array.from({ length: 1_200 }, () => randomUUID());
      await Promise.all(persons.map((person) => keys.erase(person)));
      const listed = await collected((await store.connect({ readOnly: true })).erasedPersons());
      assert.deepEqual([...listed].sort(), [...persons].sort());
    },
  },
];
