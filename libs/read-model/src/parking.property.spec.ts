import type { JsonObject } from '@evident/event-store';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { event } from '../contract/people-projections.ts';
import { caughtUp, RunningPeople } from '../contract/running-people.ts';
import type { AnyProjection } from './projection.ts';

const runs = Number(process.env.PARKING_RUNS ?? 60);

/** What happens to one of three people; the number says which projections fail at it, and until when. */
const step = fc.record({
  person: fc.constantFrom('ada', 'bob', 'eve'),
  type: fc.constantFrom('person.registered', 'person.aged', 'person.left', 'person.moved'),
  failing: fc.constantFrom(0, 0, 0, 1, 2, 3),
});
const scenario = fc.record({
  before: fc.array(step, { maxLength: 12 }),
  after: fc.array(step, { maxLength: 12 }),
  batchSize: fc.integer({ min: 1, max: 6 }),
  retriesWhileFailing: fc.boolean(),
  restart: fc.boolean(),
});

it('whatever failed, and whenever it is retried, ends as if nothing had', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ before, after, batchSize, retriesWhileFailing, restart }) => {
      await using rig = new RunningPeople();
      let mended = false;
      const { persons, totals } = rig.projections;
      const projections = [persons, totals].map((projection, place) => brittle(projection, 2 ** place, () => mended));
      for (const { person, type, failing } of before) await rig.append(person, event(type, { name: person, failing }));
      let runner = rig.run({ projections, batchSize });
      await caughtUp(runner, rig.log);
      const retryAll = async () => {
        for (const { projection, stream } of runner.parked()) await runner.retryParked(projection, stream);
      };
      if (retriesWhileFailing) await retryAll();
      if (restart) {
        await runner.stop();
        runner = rig.run({ projections, batchSize });
      }
      for (const { person, type, failing } of after) await rig.append(person, event(type, { name: person, failing }));
      await caughtUp(runner, rig.log);
      mended = true;
      await retryAll();
      expect(runner.parked()).toEqual([]);

      await using straight = new RunningPeople({ log: rig.log });
      await caughtUp(straight.run({ projections: [persons, totals] }), rig.log);
      for (const { view } of [persons, totals] as readonly AnyProjection[]) {
        const [live, expected] = [
          await rig.store.scan(view, { limit: 100 }),
          await straight.store.scan(view, { limit: 100 }),
        ];
        const contents = (rows: typeof live) =>
          rows.filter(({ row }) => row !== undefined).map(({ key, row }) => [key, row]);
        expect(contents(live)).toEqual(contents(expected));
      }
    }),
    { numRuns: runs },
  );
});

function brittle(projection: AnyProjection, bit: number, mended: () => boolean): AnyProjection {
  return {
    ...projection,
    evolve: (row, projected, key) => {
      const failing = Number((projected.data as JsonObject).failing);
      if ((failing & bit) !== 0 && !mended()) throw new Error('planted');
      return projection.evolve(row, projected, key);
    },
  };
}
