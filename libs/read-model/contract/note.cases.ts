import assert from 'node:assert/strict';
import type { ReadModelCase } from './read-model-case.ts';

export const noteCases: readonly ReadModelCase[] = [
  {
    name: 'a note is seen by every connection as it was last written, also after a restart, and until it is removed',
    async run(model) {
      const store = await model.connect();
      const other = await model.connect();
      assert.deepEqual(await store.readNotes('job/'), []);
      await store.putNote('job/1', { state: 'queued' });
      await other.putNote('job/1', { state: 'running', done: 1 });
      await store.beside('green').putNote('job/2', { state: 'queued' });
      const both = [
        { key: 'job/1', note: { state: 'running', done: 1 } },
        { key: 'job/2', note: { state: 'queued' } },
      ];
      for (const reader of [store, other, store.beside('blue')]) assert.deepEqual(await reader.readNotes('job/'), both);
      await store.close();
      await other.close();
      const again = await model.connect();
      assert.deepEqual(await again.readNotes('job/'), both);
      await again.putNote('job/1', undefined);
      await again.putNote('job/1', undefined);
      assert.deepEqual(await again.readNotes('job/'), both.slice(1));
    },
  },
  {
    name: 'notes are found by the exact beginning of their key, in order of it',
    async run(model) {
      const store = await model.connect();
      for (const key of ['reader/b', 'reader/a', 'Reader/c', 'reader', 'reader%', 'readers/d', 'other']) {
        await store.putNote(key, {});
      }
      const keys = (await store.readNotes('reader/')).map(({ key }) => key);
      assert.deepEqual(keys, ['reader/a', 'reader/b']);
      assert.equal((await store.readNotes('')).length, 7);
    },
  },
];
