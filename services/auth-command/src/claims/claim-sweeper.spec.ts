import { fail, type MessageContract, type Reply, succeed, type ValueOf } from '@evident/contracts';
import { manualClock, openTemporaryLog, silentLogger, type TemporaryLog } from '@evident/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccounts } from '../accounts.ts';
import { ClaimSweeper } from './claim-sweeper.ts';
import { Claims } from './claims.ts';

let temporary: TemporaryLog;

beforeAll(async () => {
  temporary = await openTemporaryLog();
});
afterAll(() => temporary.remove());

it('looks again and again, also after a pass that failed, until it is ended', async () => {
  const { log } = temporary;
  const now = manualClock();
  const accounts = createAccounts(log);
  const answers: (() => Reply<unknown>)[] = [
    () => fail('service.unavailable'),
    () => {
      throw new Error('a bug');
    },
    () => succeed({ claims: [] }),
  ];
  const waited: number[] = [];
  const allAsked = Promise.withResolvers<void>();
  const sweeper = new ClaimSweeper({
    log,
    claims: new Claims({ log, accounts, now }),
    logger: silentLogger,
    now,
    client: {
      async request<Contract extends MessageContract>() {
        const answer = answers.shift();
        if (answers.length === 0) allAsked.resolve();
        return (answer?.() ?? fail('service.unavailable')) as Reply<ValueOf<Contract>>;
      },
    },
    wait: async (milliseconds, signal) => {
      waited.push(milliseconds);
      await new Promise(setImmediate);
      signal.throwIfAborted();
    },
  });
  sweeper.start();
  await allAsked.promise;
  await sweeper.end();
  expect(waited.length).toBeGreaterThanOrEqual(3);
  for (const milliseconds of waited) expect(milliseconds).toBeLessThanOrEqual(3_000);
});
