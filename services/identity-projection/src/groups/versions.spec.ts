import type { StoredEvent } from '@evident/event-store';
import { type AnyProjection, type Projection, type ReadModelStore, type View, viewId } from '@evident/read-model';
import { openTemporaryLog, PeopleOnLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReadModel } from '../open-read-model.ts';
import { UnreadRows } from '../privacy/unread-rows.ts';
import { appsProjection, appsView } from '../projections/apps.projection.ts';
import { createDecodeBatch } from '../projections/decode-batch.ts';
import type { Projected } from '../projections/projected.ts';
import { routeReads } from '../route-reads.ts';
import { rowsSettings } from '../rows-server.fixture.ts';
import { ProjectionGroup } from './projection-group.ts';
import { ReadingProcesses } from './reading-processes.ts';

type NameRow = { readonly name: string; readonly shout?: string };
type AppEvent = Projected<{ readonly type: string; readonly data: unknown }> & { readonly stored: StoredEvent };

/** The names of apps: in version 2 also loudly. */
function names(version: number): Projection<NameRow, AppEvent> {
  const view: View<NameRow> = { name: 'names', version, indexes: [] };
  return {
    name: 'names',
    view,
    types: new Set(['app.registered']),
    keys: ({ stream }) => [stream.id],
    evolve: (_row, { data }) => {
      const { name } = data as { readonly name: string };
      return version === 1 ? { name } : { name, shout: name.toUpperCase() };
    },
  };
}

let temporary: TemporaryLog;
let people: PeopleOnLog;
const open: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  temporary = await openTemporaryLog({ env: rowsSettings() });
  people = new PeopleOnLog(temporary.log);
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
  await temporary.remove();
});

interface Process {
  readonly group: ProjectionGroup;
  readonly rows: ReadModelStore;
  stop(): Promise<void>;
}

interface ProcessOptions {
  /** Keeps it from reading events of the log that it has not read. */
  readonly held?: () => Promise<void> | undefined;
  readonly silenceMs?: number;
}

/** A process of the program that has these projections. */
async function start(projections: readonly AnyProjection[], options: ProcessOptions = {}): Promise<Process> {
  const { held = () => undefined, silenceMs = 5_000 } = options;
  const { log, config } = temporary;
  const store = await openReadModel(config.readModel, silentLogger);
  const views = projections.map(({ view }) => viewId(view));
  const patience = { beatMs: 20, silenceMs: 400 };
  const readers = new ReadingProcesses({ store, views, logger: silentLogger, patience });
  const unread = new UnreadRows({ store, views, readers, logger: silentLogger });
  const decode = createDecodeBatch(log);
  const group = new ProjectionGroup({
    name: 'directory',
    projections,
    events: log.store,
    store,
    decode: async (events) => {
      if (events.some(({ revision }) => revision === 0)) await held();
      return decode(events);
    },
    logger: silentLogger,
    now: Date.now,
    patience: { watchMs: 10, silenceMs },
    othersRead: () => readers.othersRead(),
    onWhole: unread.drop,
  });
  await readers.start();
  group.start();
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await group.stop();
    await unread.settled();
    await readers.stop();
    await store.close();
  };
  const started = { group, rows: routeReads(store, () => [group]), stop: () => (stopping ??= stop()) };
  open.push(started);
  return started;
}

const [v1, v2] = [names(1), names(2)];
const name = async ({ rows }: Process, { view }: Projection<NameRow, AppEvent>, uid: string) =>
  (await rows.get(view, uid))?.name;
const shout = async ({ rows }: Process, uid: string) => (await rows.get(v2.view, uid))?.shout;

/** Adds an app and resolves when this process shows it. */
async function shown(process: Process, projection: Projection<NameRow, AppEvent>): Promise<string> {
  const { uid, position } = await people.addApp();
  expect(await process.group.reached(position, 5_000)).toBe('reached');
  expect(await name(process, projection, uid)).toBeDefined();
  return uid;
}

describe('a view that is new', () => {
  it('is filled from the whole past while the rest serves, and is away rather than empty until then', async () => {
    const before = await start([appsProjection]);
    const first = await people.addApp();
    expect(await before.group.reached(first.position, 5_000)).toBe('reached');
    await before.stop();
    const held = Promise.withResolvers<void>();
    const after = await start([appsProjection, v2], { held: () => held.promise });
    await expect.poll(() => after.group.state()).toBe('live');
    expect(await after.rows.get(appsView, first.uid)).toBeDefined();
    await expect(after.rows.get(v2.view, first.uid)).rejects.toThrow('is being filled');
    expect([after.group.caughtUp, after.group.filling]).toEqual([true, ['names']]);
    held.resolve();
    await expect.poll(() => after.group.filling).toEqual([]);
    expect(await shout(after, first.uid)).toBe('APP 1');
    const second = await shown(after, v2);
    expect(await shout(after, second)).toBe('APP 2');
    expect(await after.group.verify()).toMatchObject({ differing: 0 });
  });
});

describe('a view whose version changed', () => {
  it('is filled beside, while the program before goes on, which is then followed', async () => {
    const older = await start([appsProjection, v1]);
    const first = await shown(older, v1);
    const newer = await start([appsProjection, v2]);
    await expect.poll(() => newer.group.caughtUp).toBe(true);
    expect(await shout(newer, first)).toBe('APP 1');
    for (let time = 0; time < 3; time += 1) {
      const { uid, position } = await people.addApp();
      for (const each of [older, newer]) expect(await each.group.reached(position, 5_000)).toBe('reached');
      expect(await name(older, v1, uid)).toBe(await name(newer, v2, uid));
    }
    expect([older.group.state(), newer.group.state()]).toEqual(['live', 'live']);
    await expect(newer.group.verify()).rejects.toThrow('another version');
    await older.stop();
    await expect.poll(() => newer.group.verify().catch(() => undefined)).toMatchObject({ differing: 0 });
    const last = await shown(newer, v2);
    expect([await shout(newer, last), await shout(newer, first)]).toEqual(['APP 5', 'APP 1']);
    expect(await newer.rows.readCheckpoint('directory')).toMatchObject({ views: ['apps@1', 'names@2'] });
  });

  it('is read by a second process of the new version as the first one fills it', async () => {
    const older = await start([appsProjection, v1]);
    await shown(older, v1);
    const newer = [await start([appsProjection, v2]), await start([appsProjection, v2])] as const;
    for (const each of newer) await expect.poll(() => each.group.caughtUp).toBe(true);
    for (const each of newer) await shown(each, v2);
    await older.stop();
    const settled = () => newer[0].rows.readCheckpoint('directory');
    await expect.poll(settled).toMatchObject({ views: ['apps@1', 'names@2'] });
    for (const each of newer) await shown(each, v2);
  });

  it('is read on where the process that filled it is gone, by one that has to fill it from then on', async () => {
    const older = await start([appsProjection, v1]);
    const first = await shown(older, v1);
    let hold = Promise.withResolvers<void>();
    open.unshift({ stop: async () => hold.resolve() });
    const isHeld = Promise.withResolvers<void>();
    const held = () => {
      isHeld.resolve();
      return hold.promise;
    };
    const second = await start([appsProjection, v2], { held, silenceMs: 100 });
    await isHeld.promise;
    const filling = await start([appsProjection, v2]);
    await expect.poll(() => filling.group.caughtUp).toBe(true);
    hold.resolve();
    await expect.poll(() => [second.group.state(), second.group.caughtUp]).toEqual(['standby', true]);
    hold = Promise.withResolvers();
    await filling.group.stop();
    const { position } = await people.addApp();
    await expect.poll(() => second.group.fills).toBe(true);
    expect(await shout(second, first)).toBe('APP 1');
    hold.resolve();
    expect(await second.group.reached(position, 5_000)).toBe('reached');
    await shown(second, v2);
  });

  it('is filled with the rest at once where the program before is gone', async () => {
    const older = await start([appsProjection, v1]);
    const first = await shown(older, v1);
    await older.stop();
    const newer = await start([appsProjection, v2]);
    expect(newer.group.filling).toEqual(['apps', 'names']);
    await expect.poll(() => newer.group.filling).toEqual([]);
    await expect.poll(() => newer.group.caughtUp).toBe(true);
    expect(await shout(newer, first)).toBe('APP 1');
    await newer.stop();
    const again = await start([appsProjection, v1]);
    await expect.poll(() => again.group.filling).toEqual([]);
    expect(await shown(again, v1)).toBeDefined();
    expect(await name(again, v1, first)).toBe('App 1');
  });

  it('leaves no rows of the version before to show who is erased later, once nobody reads them', async () => {
    const rowsBefore = ({ rows }: Process) => rows.scan(v1.view, { limit: 10 }).catch(({ message }: Error) => message);
    const older = await start([appsProjection, v1]);
    await shown(older, v1);
    const newer = await start([appsProjection, v2]);
    await expect.poll(() => newer.group.caughtUp).toBe(true);
    expect(await rowsBefore(newer)).toHaveLength(1);
    await older.stop();
    await expect.poll(() => rowsBefore(newer)).toContain('not prepared');
    await shown(newer, v2);
    await newer.stop();

    const back = await start([appsProjection, v1]);
    await expect
      .poll(() => back.rows.scan(v2.view, { limit: 10 }).catch(({ message }: Error) => message))
      .toContain('not prepared');
    await shown(back, v1);
  });

  it('is away from where nobody keeps it up any more until it is filled again', async () => {
    const older = await start([appsProjection, v1]);
    const first = await shown(older, v1);
    const store = await openReadModel(temporary.config.readModel, silentLogger);
    const { epoch } = await store.takeOver('directory');
    await store.keepViews('directory', { epoch, views: [appsView] });
    const { uid, position } = await people.addApp();
    expect(await older.group.reached(position, 5_000)).toBe('reached');
    const found = () => name(older, v1, uid).catch((error: Error) => error.message);
    expect(['names is being filled', 'App 2']).toContain(await found());
    await expect.poll(found).toBe('App 2');
    expect(await name(older, v1, first)).toBe('App 1');
    await store.close();
  });
});

describe('what a process that died had begun beside', () => {
  it.each(['verify', 'green'])('is gone after the next start, since nobody keeps it up (%s)', async (generation) => {
    const before = await start([appsProjection, v1]);
    const first = await shown(before, v1);
    await before.stop();
    const inRows = async <Result>(work: (beside: ReadModelStore) => Promise<Result>) => {
      const store = await openReadModel(temporary.config.readModel, silentLogger);
      return work(store.beside(generation)).finally(() => store.close());
    };
    await inRows(async (beside) => {
      await beside.prepare([v1.view]);
      const { epoch } = await beside.takeOver('directory');
      const views = [v1.view];
      await beside.startOver('directory', { epoch, drop: views, forget: ['names'], views });
    });
    const found = () => inRows((beside) => beside.scan(v1.view, { limit: 1 }).catch(({ message }: Error) => message));
    expect(await found()).toEqual([]);
    const after = await start([appsProjection, v1]);
    await expect.poll(found).toContain('not prepared');
    expect(await after.group.verify()).toMatchObject({ differing: 0 });
    expect(await after.group.rebuild(() => undefined)).toMatchObject({ outcome: 'rebuilt' });
    expect(await name(after, v1, first)).toBe('App 1');
  });
});
