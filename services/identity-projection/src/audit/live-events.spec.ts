import { everyPerson } from '@evident/evidence';
import { openTemporaryLog, PeopleOnLog, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readLog } from './read-events.ts';

let temporary: TemporaryLog;
beforeEach(async () => {
  temporary = await openTemporaryLog();
});
afterEach(async () => {
  vi.useRealTimers();
  await temporary.remove();
});

describe('who waits for events', () => {
  it('is woken by the append itself: no timer ends while they wait', async () => {
    const { log } = temporary;
    const people = new PeopleOnLog(log);
    await people.addUser();
    const nothing = { get: async () => undefined, getMany: async () => new Map(), find: async () => [] };
    const auditing = { tenant: 'main', log, rows: nothing, now: Date.now };
    let after = await log.store.lastPosition();
    // From here on nothing that is set to happen later happens.
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    for (let round = 0; round < 20; round++) {
      const asker = { reader: everyPerson, head: after, deadline: Date.now() + 60_000 };
      const asked = { limit: 10, waitMs: 8_000, ...(after === undefined ? {} : { after }) };
      const waiting = readLog(auditing, asked, asker);
      const appended = await people.addApp();
      const answer = await waiting;
      if ('error' in answer) throw new Error(JSON.stringify(answer.error));
      expect(answer.found.events.map(({ subject }) => subject)).toEqual([`app:${appended.uid}`, `app:${appended.uid}`]);
      after = appended.position;
    }
  });
});
