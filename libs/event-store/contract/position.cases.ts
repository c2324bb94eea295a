import assert from 'node:assert/strict';
import type { Position } from '../src/event-store.port.ts';
import type { EventStoreCase } from './event-store-case.ts';
import { inTime } from './following.ts';
import { appendEach, aStream, assertFault, readOn, someEvents } from './sample-events.ts';

/** The position that another log would print for the same place. */
function inAnotherLog(position: Position): Position {
  return `another${position.slice(position.indexOf('~'))}` as Position;
}

export const positionCases: readonly EventStoreCase[] = [
  {
    name: 'position > is printed as the log id and a sortable part, and is read back as it was',
    async run(log) {
      const store = await log.connect();
      const positions = await appendEach(store, aStream(), someEvents(12));
      for (const position of positions) {
        assert.match(position, /^[a-z0-9-]+~[0-9a-z]+$/);
        assert.ok(position.startsWith(`${store.logId}~`));
        assert.equal(store.parsePosition(`${position}`), position);
      }
    },
  },
  {
    name: 'position > compares in the order of commit, by code unit as by the store',
    async run(log) {
      const store = await log.connect();
      const positions = await appendEach(store, aStream(), someEvents(12));
      assert.deepEqual([...positions].sort(), positions);
      for (const [left, a] of positions.entries()) {
        for (const [right, b] of positions.entries()) {
          const compared = store.compare(a, b);
          assert.equal(typeof compared === 'number' && Math.sign(compared), Math.sign(left - right));
        }
      }
    },
  },
  {
    name: 'position > text that is none is not read as one',
    async run(log) {
      const store = await log.connect();
      const [position = ''] = await appendEach(store, aStream(), someEvents(1));
      const odd = [
        '',
        '~',
        '0',
        position.replace('~', ''),
        `${position} `,
        ` ${position}`,
        `${position}~1`,
        `${position}\0`,
        '../../etc~0',
        'ä~1',
      ];
      for (const text of odd) assert.equal(store.parsePosition(text), undefined, JSON.stringify(text));
    },
  },
  {
    name: 'position > of this log that it never prints is not read as one, so that it is not taken for one of another',
    async run(log) {
      const store = await log.connect();
      const [position = ''] = await appendEach(store, aStream(), someEvents(1));
      for (const text of [`${position}0`, position.slice(0, -1), `${store.logId}~1`])
        assert.equal(store.parsePosition(text), undefined, text);
    },
  },
  {
    name: 'position > of another log is read as one, and refused wherever it is used',
    async run(log) {
      const store = await log.connect();
      const [own] = await appendEach(store, aStream(), someEvents(1));
      if (own === undefined) assert.fail('no position');
      const foreign = store.parsePosition(inAnotherLog(own)) ?? assert.fail('a position of another log is a position');
      const refusal = { outcome: 'log-changed', logId: store.logId };
      assert.deepEqual(store.compare(own, foreign), refusal);
      assert.deepEqual(store.compare(foreign, own), refusal);
      assert.deepEqual(await store.readAll(foreign, 10), refusal);
      await assertFault(async () => {
        for await (const _ of store.follow(foreign, { signal: AbortSignal.timeout(5000) })) break;
      }, 'log-changed');
    },
  },
  {
    name: 'position > beyond the end of the log is refused, not taken for caught up',
    async run(log) {
      const store = await log.connect();
      const [own = ''] = await appendEach(store, aStream(), someEvents(1));
      const beyond = own.replace(/~.+$/, (place) => `~${place.slice(1).replace(/^./, '8')}`) as Position;
      assert.deepEqual(await store.readAll(beyond, 10), { outcome: 'log-changed', logId: store.logId });
      const following = (async () => {
        for await (const _ of store.follow(beyond, { signal: AbortSignal.timeout(5000) })) break;
      })();
      await assertFault(() => inTime(following, () => 'following a position beyond the end'), 'log-changed');
    },
  },
  {
    name: 'position > the last one is that of the last append, for every connection',
    async run(log) {
      const [store, other] = [await log.connect(), await log.connect()];
      for (const connection of [store, other, store]) {
        const [last] = (await appendEach(connection, aStream(), someEvents(3))).slice(-1);
        assert.equal(await store.lastPosition(), last);
        assert.equal(await other.lastPosition(), last);
        if (last !== undefined) assert.deepEqual(await readOn(store, last), []);
      }
    },
  },
];
