import { randomUUID } from 'node:crypto';
import {
  fail,
  type listOpenClaims,
  type MessageContract,
  type Reply,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { type DomainEvent, streams } from '@evident/domain';
import { eventId, type NewEvent } from '@evident/event-store';
import type { LogFields } from '@evident/runtime';
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
    () => succeed({ claims: [], next: null }),
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

/** A sweeper whose questions have these answers, and what it logs. */
function sweeperOn(now: () => number, ...answers: Reply<unknown>[]) {
  const { log } = temporary;
  const warned: LogFields[] = [];
  const asked: unknown[] = [];
  const sweeper = new ClaimSweeper({
    log,
    claims: new Claims({ log, accounts: createAccounts(log), now }),
    logger: { ...silentLogger, warn: (fields) => warned.push(fields) },
    now,
    client: {
      request: async <Contract extends MessageContract>(_contract: Contract, payload: RequestOf<Contract>) => {
        asked.push((payload as RequestOf<typeof listOpenClaims>).after);
        return (answers.shift() ?? fail('service.unavailable')) as Reply<ValueOf<Contract>>;
      },
    },
  });
  return { sweeper, warned, asked };
}

async function append(stream: string, event: DomainEvent, stored: Partial<NewEvent> = {}): Promise<void> {
  const { log } = temporary;
  const commandId = randomUUID();
  const metadata = { tenant: log.tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: 1 };
  const [encoded] = await log.codec.encode([{ id: eventId(commandId, stream, 'as-is', 0), ...event }], {
    stream,
    metadata,
  });
  if (encoded !== undefined) await log.store.append(stream, [{ ...encoded, ...stored }], 'any');
}

async function openClaim() {
  const claim = { kind: 'role-slug' as const, lookup: randomUUID(), claimId: randomUUID(), holder: randomUUID() };
  const { claimId, holder } = claim;
  const claimed = { type: 'reservation.claimed', data: { claimId, holder, claimedAt: 1 } };
  await append(streams.reservation('main', claim.kind, claim.lookup), claimed);
  return claim;
}

async function unreadableClaim() {
  const claim = await openClaim();
  const ignored: DomainEvent = { type: 'reservation.released', data: { claimId: claim.claimId } };
  await append(streams.role('main', claim.holder), ignored, { type: 'role.unheard-of' });
  return claim;
}

it('frees what it can beside a claim whose holder cannot be read, and says that once', async () => {
  const now = manualClock();
  const [unreadable, overdue, later] = [await unreadableClaim(), await openClaim(), await openClaim()];
  const pages = [[unreadable, overdue], [unreadable, later], [], [unreadable]];
  const { sweeper, warned } = sweeperOn(now, ...pages.map((claims) => succeed({ claims, next: null })));
  expect([await sweeper.sweep(), await sweeper.sweep()]).toEqual([1, 1]);
  expect(warned).toMatchObject([{ subject: `role:${unreadable.holder}` }]);
  expect([await sweeper.sweep(), await sweeper.sweep()]).toEqual([0, 0]);
  expect(warned).toHaveLength(2);
});

it('comes to those behind a page of claims that cannot be judged, in turns, and says once of each what is wrong', async () => {
  const [first, second, overdue] = [await unreadableClaim(), await unreadableClaim(), await openClaim()];
  const [one, two] = [
    { claimedAt: 1, passed: 1 },
    { claimedAt: 1, passed: 2 },
  ];
  const round = [
    { claims: [first], next: one },
    { claims: [second], next: two },
    { claims: [overdue], next: null },
  ];
  const again = [round[0], fail('service.unavailable'), round[1], { claims: [], next: null }];
  const answers = [...round, ...again].map((answer) => (answer && 'ok' in answer ? answer : succeed(answer)));
  const { sweeper, warned, asked } = sweeperOn(manualClock(), ...answers);
  const freed: number[] = [];
  for (const _ of answers) freed.push(await sweeper.sweep());
  expect(freed).toEqual([0, 0, 1, 0, 0, 0, 0]);
  expect(asked).toEqual([undefined, one, two, undefined, one, one, two]);
  const subjects = [first, second].map(({ holder }) => ({ subject: `role:${holder}` }));
  expect(warned).toMatchObject([...subjects, { code: 'service.unavailable' }]);
});

it('says once that nobody tells it which claims are open', async () => {
  const [away, none] = [fail('service.unavailable'), succeed({ claims: [], next: null })];
  const { sweeper, warned } = sweeperOn(manualClock(), away, away, none, away);
  for (const _ of [1, 2, 3, 4]) expect(await sweeper.sweep()).toBe(0);
  expect(warned).toEqual([{ code: 'service.unavailable' }, { code: 'service.unavailable' }]);
});
