import { readFileSync } from 'node:fs';
import { openTemporaryLog, PeopleOnLog, silentLogger } from '@evident/testing';
import { expect, it } from 'vitest';
import { ProjectionGroup } from '../groups/projection-group.ts';
import { openReadModel } from '../open-read-model.ts';
import { createDecodeBatch } from '../projections/decode-batch.ts';
import { usersProjection } from '../projections/users.projection.ts';
import { ErasedRows } from './erased-rows.ts';

/** More events than one step of a rebuild takes. */
const manyEvents = 120;

it('who is erased while rows are built anew is in no file either', async () => {
  const temporary = await openTemporaryLog();
  const { log, config } = temporary;
  const { readModel } = config;
  if (readModel.kind !== 'embedded') throw new Error('rows in a file are meant');
  const people = new PeopleOnLog(log);
  const store = await openReadModel(readModel, silentLogger);
  const erasedRows = new ErasedRows(store, silentLogger);
  const decode = createDecodeBatch(log);
  const isHeld = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let heldAt: string | undefined;
  const group = new ProjectionGroup({
    ...{ name: 'directory', projections: [usersProjection], events: log.store, store, logger: silentLogger },
    now: Date.now,
    decode: async (events) => {
      if (events.some(({ position }) => position === heldAt)) {
        isHeld.resolve();
        await released.promise;
      }
      return decode(events);
    },
    onApplied: erasedRows.applied,
  });
  const inFiles = () =>
    ['', '-wal'].some((end) =>
      readFileSync(readModel.path + end, 'latin1')
        .toLowerCase()
        .includes('erasmus'),
    );
  try {
    group.start();
    const erasmus = await people.addUser({ username: 'Erasmus', email: 'erasmus@example.com' });
    for (let count = 0; count < manyEvents; count += 1) {
      await people.changeUser(erasmus.uid, { type: 'change-user', isLimited: count % 2 === 0 });
    }
    const { position } = await people.addUser();
    expect(await group.reached(position, 10_000)).toBe('reached');
    heldAt = position;
    const rebuilt = group.rebuild(() => undefined);
    await isHeld.promise;

    await log.personKeys.erase(erasmus.uid);
    const erased = await people.changeUser(erasmus.uid, { type: 'erase-user', identifiers: 'freed' });
    expect(await group.reached(erased, 10_000)).toBe('reached');
    await erasedRows.settled();
    expect(inFiles()).toBe(true);
    released.resolve();
    expect(await rebuilt).toMatchObject({ outcome: 'rebuilt' });
    await erasedRows.settled();
    expect(inFiles()).toBe(false);
  } finally {
    released.resolve();
    await group.stop();
    await store.close();
    await temporary.remove();
  }
});
