import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caughtUp, RunningPeople } from '../../contract/running-people.ts';
import { ReadModelFault } from '../../src/read-model-fault.ts';
import { MongodbConnection } from './mongodb-connection.ts';
import { MongodbReadModel } from './mongodb-read-model.ts';
import { dropDatabase, freshDatabase, sharedServer } from './mongodb-server.fixture.ts';
import { SharedStore } from './shared-store.ts';
import type { ViewCollection } from './view-collection.ts';

const { server, missing } = await sharedServer();

type Step = 'parking' | 'rows' | 'moved' | 'ended' | 'checkpoint';
const steps: readonly Step[] = ['parking', 'rows', 'moved', 'ended', 'checkpoint'];

/** A store whose next batch is cut off right before or right after one of its steps. */
class CutStore extends SharedStore {
  cut: { readonly step: Step; readonly done: boolean } | undefined;

  constructor(url: string) {
    super(new MongodbConnection({ url, timeoutMs: 5000 }));
    this.#cutting(this.parking, 'add', 'parking');
    this.#cutting(this.parking, 'replace', 'moved');
    this.#cutting(this.parking, 'remove', 'ended');
    this.#cutting(this.records, 'advance', 'checkpoint');
  }

  override view(name: string): ViewCollection {
    const view = super.view(name);
    if (!Object.hasOwn(view, 'write')) this.#cutting(view, 'write', 'rows');
    return view;
  }

  #cutting<Part extends object>(part: Part, method: keyof Part & string, step: Step): void {
    const call = part[method] as (...given: readonly unknown[]) => Promise<unknown>;
    const instead = async (...given: readonly unknown[]) => {
      const cut = this.cut?.step === step ? this.cut : undefined;
      if (cut?.done === false) this.#interrupt();
      const result = await call.apply(part, [...given]);
      if (cut?.done === true) this.#interrupt();
      return result;
    };
    Object.defineProperty(part, method, { value: instead, configurable: true });
  }

  #interrupt(): never {
    this.cut = undefined;
    throw new ReadModelFault('unavailable', 'cut off');
  }
}

const cuts = steps.flatMap((step) => [
  { step, done: false, when: 'before' },
  { step, done: true, when: 'after' },
]);

describe.skipIf(missing !== undefined)(`a batch that is cut off, on ${server.name}`, () => {
  let url: string;
  let shared: CutStore;
  beforeEach(() => {
    url = freshDatabase(server);
    shared = new CutStore(url);
  });
  afterEach(async () => {
    await shared.connection.close();
    await dropDatabase(url);
  });

  /** Rows without their places: a retry reaches a row after its turn, at whatever place the row had then. */
  const contents = (rows: unknown) =>
    (rows as { key: string; row: unknown }[][]).map((view) => view.map(({ key, row }) => [key, row]));

  async function judge(rig: RunningPeople, store: MongodbReadModel): Promise<void> {
    rig.planted.evolve.clear();
    const last = rig.run({ store });
    await caughtUp(last, rig.log);
    for (const { projection, stream } of last.parked()) await last.retryParked(projection, stream);
    expect(last.parked()).toEqual([]);
    await caughtUp(rig.run(), rig.log);
    expect(contents(await rig.rows(store))).toEqual(contents(await rig.rows()));
  }

  describe.each([
    ['the same runner goes on', false],
    ['another runner takes over', true],
  ])('%s', (_, another) => {
    // Poison is none any more when the batch comes again: what was parked by the first attempt must still be known.
    it.each(cuts)('and nothing is lost or counted twice: a poison batch $when $step', async ({ step, done }) => {
      await using rig = new RunningPeople();
      const store = new MongodbReadModel(shared);
      const before = rig.run({ store });
      await rig.append('ada', 'person.registered', 'person.aged');
      await caughtUp(before, rig.log);
      await before.stop();
      rig.planted.evolve.add('person.left');
      await rig.append('ada', 'person.aged', 'person.left');
      await rig.append('eve', 'person.registered', 'person.left');
      await rig.append('bob', 'person.registered');
      shared.cut = { step, done };
      const heals = () => rig.planted.evolve.clear();
      const runner = rig.run({ store, hooks: { onFault: heals } });
      await runner.started;
      if (another) await runner.stop();
      else await caughtUp(runner, rig.log);
      shared.cut = undefined;
      await rig.append('ada', 'person.aged');
      await judge(rig, store);
    });

    it.each(cuts)('and nothing is lost or counted twice: a retry $when $step', async ({ step, done }) => {
      await using rig = new RunningPeople();
      const store = new MongodbReadModel(shared);
      const runner = rig.run({ store });
      rig.planted.evolve.add('person.left').add('person.registered');
      await rig.append('ada', 'person.registered', 'person.aged', 'person.left');
      await rig.append('bob', 'person.moved', 'person.registered');
      await caughtUp(runner, rig.log);
      rig.planted.evolve.delete('person.registered');
      shared.cut = { step, done };
      for (const { projection, stream } of runner.parked()) {
        await runner.retryParked(projection, stream).catch(() => undefined);
      }
      shared.cut = undefined;
      await rig.append('ada', 'person.aged');
      if (another) await runner.stop();
      else await caughtUp(runner, rig.log);
      await judge(rig, store);
    });
  });
});
