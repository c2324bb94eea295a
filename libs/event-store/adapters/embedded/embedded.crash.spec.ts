import { afterEach, beforeEach, expect, it } from 'vitest';
import { assertOrdered } from '../../contract/ordering.cases.ts';
import { idsOf, readOn } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';
import { checkEmbeddedLog } from './index.ts';
import { SpawnedWriter } from './spawned-writer.fixture.ts';

const rounds = Number(process.env.CRASH_ROUNDS ?? 3);
const perRound = 5000;

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

it(
  `keeps every acknowledged append through kill -9 at any moment, whole, once and in order (${rounds} rounds)`,
  async () => {
    const acknowledged: string[][] = [];
    for (let round = 0; round < rounds; round++) {
      const writers = ['one', 'two'].map((name) => new SpawnedWriter(log.path, name, 8, perRound));
      const [first, second] = writers;
      // Kill in mid-flight, after a random number of appends; the other goes on, then is killed as well.
      await first?.until(1 + Math.floor(Math.random() * 150));
      await first?.kill();
      await second?.until((second?.acknowledged.length ?? 0) + 1 + Math.floor(Math.random() * 100));
      await second?.kill();
      for (const writer of writers) acknowledged.push(...writer.acknowledged);

      const store = await log.connect();
      const events = await readOn(store, undefined, 1000);
      assertOrdered(store, events);
      const places = new Map(idsOf(events).map((id, place) => [id, place]));
      expect(places.size, 'an event twice').toBe(events.length);
      for (const ids of acknowledged) {
        const at = ids.map((id) => places.get(id));
        const first = at[0] ?? Number.NaN;
        expect(at, `an acknowledged append after round ${round}`).toEqual(ids.map((_, index) => first + index));
      }
      await store.close();
      expect((await checkEmbeddedLog(log.path)).problems).toEqual([]);
    }
  },
  30_000 + rounds * 20_000,
);
