import { afterEach, beforeEach, expect, it } from 'vitest';
import { anEvent, aStream, assertAppended, idsOf, readOn } from '../../contract/sample-events.ts';
import { EmbeddedLog } from './embedded-log.fixture.ts';

let log: EmbeddedLog;
beforeEach(() => {
  log = new EmbeddedLog();
});
afterEach(() => log.destroy());

it('refuses as overload what is more than may wait, and loses nothing that it took', async () => {
  const store = await log.connect({ queueCapacity: 50 });
  const events = Array.from({ length: 500 }, () => anEvent());
  const outcomes = await Promise.allSettled(events.map((event) => store.append(aStream(), [event], 'any')));
  const taken = events.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({
        code: 'unavailable',
        ambiguous: false,
        message: expect.stringContaining('overloaded'),
      });
  }
  expect(taken.length).toBeGreaterThanOrEqual(50);
  expect(taken.length).toBeLessThan(500);
  expect(new Set(idsOf(await readOn(store, undefined)))).toEqual(new Set(idsOf(taken)));
  assertAppended(await store.append(aStream(), [anEvent()], 'any'));
});

it('commits together what is in flight together', async () => {
  let batches = 0;
  const now = () => {
    batches++;
    return 1_700_000_000_000;
  };
  const store = await log.connect({ now });
  await Promise.all(Array.from({ length: 400 }, () => store.append(aStream(), [anEvent()], 'any')));
  expect(batches).toBeLessThan(20);
});

it('never records a time before the one recorded last, by whichever clock', async () => {
  let clock = 5000;
  const store = await log.connect({ now: () => clock });
  const times: number[] = [];
  for (clock of [5000, 7000, 6000, 100, 7001])
    times.push(assertAppended(await store.append(aStream(), [anEvent()], 'any')).recordedAt);
  const other = await log.connect({ now: () => 3000 });
  times.push(assertAppended(await other.append(aStream(), [anEvent()], 'any')).recordedAt);
  expect(times).toEqual([5000, 7000, 7000, 7000, 7001, 7001]);
  expect((await readOn(store, undefined)).map(({ recordedAt }) => recordedAt)).toEqual(times);
});
