import type { ReadModelStore } from '@evident/read-model';
import {
  type ManualClock,
  manualClock,
  openTemporaryLog,
  PeopleOnLog,
  silentLogger,
  type TemporaryLog,
} from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openReadModel } from '../open-read-model.ts';
import { createDecodeBatch } from '../projections/decode-batch.ts';
import { projectionGroups } from '../projections/groups.ts';
import { usersView } from '../projections/users.projection.ts';
import { rowsSettings } from '../rows-server.fixture.ts';
import { heldLog } from './held-log.fixture.ts';
import { ProjectionGroup } from './projection-group.ts';

let temporary: TemporaryLog;
let people: PeopleOnLog;
let clock: ManualClock;
const held = heldLog();
const stores: ReadModelStore[] = [];
const groups: ProjectionGroup[] = [];

beforeEach(async () => {
  clock = manualClock();
  temporary = await openTemporaryLog({ env: rowsSettings() });
  people = new PeopleOnLog(temporary.log);
});
afterEach(async () => {
  for (const group of groups.splice(0)) await group.stop();
  for (const store of stores.splice(0)) await store.close();
  await temporary.remove();
});

/** As one process among several on the same read model; `slow` keeps its first look at the store waiting. */
async function startProcess(slow = Promise.resolve()): Promise<{ group: ProjectionGroup; store: ReadModelStore }> {
  const { log, config } = temporary;
  const store = await openReadModel(config.readModel, silentLogger);
  const readCheckpoint = store.readCheckpoint.bind(store);
  store.readCheckpoint = async (name) => {
    await slow;
    return readCheckpoint(name);
  };
  const group = new ProjectionGroup({
    name: 'directory',
    projections: projectionGroups.directory,
    events: held.through(log).store,
    store,
    decode: createDecodeBatch(log),
    logger: silentLogger,
    now: clock,
    patience: { watchMs: 5, silenceMs: 5_000 },
  });
  stores.push(store);
  groups.push(group);
  group.start();
  return { group, store };
}

/** Adds a user and resolves when these processes show it. */
async function shown(...processes: readonly { group: ProjectionGroup; store: ReadModelStore }[]): Promise<void> {
  const { uid, position } = await people.addUser();
  for (const { group, store } of processes) {
    expect(await group.reached(position, 5_000)).toBe('reached');
    expect(await store.get(usersView, uid)).toBeDefined();
    expect(group.position() ?? '' >= position).toBeTruthy();
  }
}

/** The second starts once the first is the owner, and is it after that; started at once, either may be. */
async function startOneAfterTheOther() {
  const first = await startProcess();
  await shown(first);
  const second = await startProcess();
  await shown(second);
  return [first, second] as const;
}

describe('a group of views on a store that is slow to say how far they are', () => {
  it('is not there yet, rather than at its end, and answers when it is', async () => {
    const { position } = await people.addUser();
    const slow = Promise.withResolvers<void>();
    onTestFinished(() => slow.resolve());
    const { group } = await startProcess(slow.promise);
    expect(await group.reached(position, 20)).toBe('not-yet');
    const reached = group.reached(position, 60_000);
    slow.resolve();
    expect(await reached).toBe('reached');
  });

  it('is at its end where it was stopped before that', async () => {
    const { position } = await people.addUser();
    const slow = Promise.withResolvers<void>();
    const { group } = await startProcess(slow.promise);
    const reached = group.reached(position, 60_000);
    const stopped = group.stop();
    slow.resolve();
    expect(await reached).toBe('stopped');
    await stopped;
  });
});

describe('a group of views on two processes', () => {
  it('is filled by whoever came last, and read by both', async () => {
    const [first, second] = await startOneAfterTheOther();
    await shown(first, second);
    expect(first.group.state()).toBe('standby');
    expect(second.group.state()).toBe('live');
    expect(first.group.caughtUp).toBe(true);
  });

  it('is taken back when its owner falls silent behind the log, and not before', async () => {
    const [first, second] = await startOneAfterTheOther();
    await shown(first);
    await second.group.stop();
    const { position } = await people.addUser();
    expect(await first.group.reached(position, 50)).toBe('not-yet');
    clock.advance(4_900);
    expect(await first.group.reached(position, 50)).toBe('not-yet');
    clock.advance(200);
    await expect.poll(() => first.group.state()).toBe('live');
    expect(await first.group.reached(position, 5_000)).toBe('reached');
    await shown(first);
  });

  it('waits for an owner that has nothing to do', async () => {
    const [first, second] = await startOneAfterTheOther();
    await shown(second, first);
    await second.group.stop();
    clock.advance(60_000);
    await held.headRead();
    await held.headRead();
    expect(await first.group.reached((await people.addUser()).position, 50)).toBe('not-yet');
    expect(first.group.state()).toBe('standby');
  });
});
