import { streams } from '@evident/domain';
import type { Position } from '@evident/event-store';
import { openTemporaryLog, PeopleOnLog, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aggregateOf,
  changesBetween,
  everyPerson,
  type FoldedEvent,
  foldStream,
  type Reader,
  type StreamToFold,
  stateOf,
} from './index.ts';

let temporary: TemporaryLog;
let people: PeopleOnLog;

beforeAll(async () => {
  temporary = await openTemporaryLog();
  people = new PeopleOnLog(temporary.log);
});
afterAll(() => temporary.remove());

function user(uid: string, more: Partial<StreamToFold> = {}): StreamToFold {
  const aggregate = aggregateOf('user');
  if (aggregate === undefined) throw new Error('users are folded');
  return { log: temporary.log, reader: everyPerson, aggregate, stream: streams.user('main', uid), ...more };
}

function numbered(first: number, count: number, holder: string) {
  return Array.from({ length: count }, (_, index) => ({
    type: 'number.allocated',
    data: { value: first + index, holder },
  }));
}

function throttledAttempts(count: number) {
  const data = { purpose: 'verify', appId: null, limit: 'account', count: 1, until: 1, at: 1 } as const;
  const told = { type: 'signin.throttled', data: { ...data, account: 'k1.account', caller: 'k1.caller' } } as const;
  return Array.from({ length: count }, () => told);
}

describe('a stream as evidence', () => {
  it('is folded as it was at a position, without what only decisions need', async () => {
    const { uid, position } = await people.addUser({ username: 'ada' });
    const wiki = await people.addApp();
    const assigned = await people.changeUser(uid, { type: 'assign-app', appId: wiki.uid, appNumber: wiki.number });
    await people.changeUser(uid, { type: 'change-user', isActive: false });
    const at = async (upTo?: Position) => (await stateOf(user(uid, { upTo })))?.state;
    expect(await at(position)).toMatchObject({ username: 'ada', isActive: true, apps: [] });
    expect(await at(assigned)).toMatchObject({ isActive: true, apps: [`app:${wiki.uid}`] });
    expect(await at()).toMatchObject({ isActive: false, apps: [`app:${wiki.uid}`] });
    expect(Object.keys((await at()) ?? {})).not.toContain('passwordHash');
  });

  it('changes event by event, and the changes lead from nothing to the present', async () => {
    const { uid } = await people.addUser();
    await people.changeUser(uid, { type: 'change-user', isAdmin: true });
    const steps: FoldedEvent[] = [];
    for await (const step of foldStream(user(uid))) steps.push(step);
    for (const [place, step] of steps.entries()) expect(step.before).toEqual(steps[place - 1]?.after ?? null);
    expect(steps.at(-1)?.after).toEqual((await stateOf(user(uid)))?.state);
    const later: FoldedEvent[] = [];
    for await (const step of foldStream(user(uid, { after: 1 }))) later.push(step);
    const told = ({ event, before, after }: FoldedEvent) => ({ id: event.stored.id, before, after });
    expect(later.map(told)).toEqual(steps.slice(2).map(told));
    const last = steps.at(-1);
    expect(changesBetween(last?.before ?? null, last?.after ?? null)).toEqual({
      isAdmin: { before: false, after: true },
    });
  });

  it('shows a name only to who may read the person', async () => {
    const { uid } = await people.addUser({ username: 'eve' });
    const reader: Reader = { mayRead: () => false, mayReadClient: () => false };
    expect((await stateOf(user(uid, { reader })))?.state).toMatchObject({ username: 'sealed' });
  });

  it('of which each event tells all is read at its end, however long it is and whenever is asked about', async () => {
    const aggregate = aggregateOf('numbers');
    if (aggregate === undefined) throw new Error('numbers are folded');
    const stream = streams.numbers('main', 'user');
    const holder = '7f000000-0000-4000-8000-000000000001';
    const middle = await people.append(stream, numbered(1, 700, holder));
    await people.append(stream, numbered(701, 600, holder));
    let read = 0;
    const store = {
      readStream: async (...asked: Parameters<typeof temporary.log.store.readStream>) =>
        counted(await temporary.log.store.readStream(...asked)),
      readStreamEnd: async (...asked: Parameters<typeof temporary.log.store.readStreamEnd>) =>
        counted(await temporary.log.store.readStreamEnd(...asked)),
    };
    const counted = <Event>(events: readonly Event[]) => {
      read += events.length;
      return events;
    };
    const { log } = temporary;
    const counting = { codec: log.codec, preloadPersons: log.preloadPersons, store };
    const at = async (upTo?: Position) =>
      (await stateOf({ log: counting, reader: everyPerson, aggregate, stream, upTo }))?.state;
    expect(await at()).toEqual({ last: { value: 1_300, holder } });
    expect(read).toBeLessThanOrEqual(2);
    expect(await at(middle)).toEqual({ last: { value: 700, holder } });
    expect(read).toBeLessThan(700);
    read = 0;
    const steps: FoldedEvent[] = [];
    for await (const step of foldStream({ log: counting, reader: everyPerson, aggregate, stream, after: 1_296 }))
      steps.push(step);
    const last = (value: number) => ({ last: { value, holder } });
    expect(steps.map(({ before, after }) => [before, after])).toEqual([
      [last(1_297), last(1_298)],
      [last(1_298), last(1_299)],
      [last(1_299), last(1_300)],
    ]);
    expect(read).toBe(4);
  });

  it('gives way between two pages, and is folded no further where that throws', async () => {
    const aggregate = aggregateOf('signin');
    if (aggregate === undefined) throw new Error('attempts are folded');
    const stream = streams.signIn('main', undefined);
    await people.append(stream, throttledAttempts(1_200));
    let ways = 0;
    const betweenPages = async () => {
      ways += 1;
    };
    const request = { log: temporary.log, reader: everyPerson, aggregate, stream };
    expect((await stateOf({ ...request, betweenPages }))?.state).toMatchObject({ throttled: 1_200 });
    expect(ways).toBe(2);
    const late = () => Promise.reject(new Error('nobody waits'));
    await expect(stateOf({ ...request, betweenPages: late })).rejects.toThrow('nobody waits');
  });

  it('is nothing where there is no such stream', async () => {
    expect(await stateOf(user('7f000000-0000-4000-8000-0000000000ff'))).toBeUndefined();
  });

  it('differs in nothing from itself', () => {
    expect(changesBetween({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual({});
    expect(changesBetween(null, { a: 1 })).toEqual({ a: { before: null, after: 1 } });
  });
});
