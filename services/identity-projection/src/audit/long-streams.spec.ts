import type { Reply } from '@evident/contracts';
import { streams } from '@evident/domain';
import { manualClock } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

type Context = ReturnType<RunningProjection['asAdministrator']>;

const clock = manualClock();
let running: RunningProjection;
const subject = 'signin:unknown';
/** More than are read at a time. */
const length = 1_100;
const after = String(length - 10);
const [user, outcome] = ['user:unknown', 'succeeded'] as const;
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);

function throttled() {
  const data = { purpose: 'verify', appId: null, limit: 'account', count: 1, until: clock(), at: clock() } as const;
  return { type: 'signin.throttled', data: { ...data, account: 'k1.account', caller: 'k1.caller' } } as const;
}

beforeAll(async () => {
  running = await runProjection({ now: clock });
  const attempts = Array.from({ length }, throttled);
  await running.people.append(streams.signIn('main', undefined), attempts);
  const inTime = { ...running.asAdministrator(), deadline: clock() + 20_000 };
  // From here on the rows are where the log is, and nothing is waited for.
  expect(await running.queries.auditState({ subject }, inTime)).toMatchObject({ ok: true });
});
afterAll(() => running.end());

describe('a stream as long as the log', () => {
  it.each([
    ['the end of its history', (context: Context) => running.queries.auditHistory({ subject, after }, context)],
    ['its state', (context: Context) => running.queries.auditState({ subject }, context)],
    ['its difference', (context: Context) => running.queries.auditDiff({ subject }, context)],
  ])('is read no further once nobody waits for %s', async (_what, ask) => {
    const asked = (ms: number) => ask({ ...running.asAdministrator(), deadline: clock() + ms });
    expect(codeOf(await asked(20_000))).toBe('ok');
    expect(codeOf(await asked(-1))).toBe('deadline.passed');
  });

  it('has a history of which each page goes on where the one before ended', async () => {
    const { store } = running.temporary.log;
    const read = vi.spyOn(store, 'readStream');
    const pages: number[] = [];
    for (let next: string | null | undefined; next !== null; ) {
      const asked = { subject, ...(next === undefined ? {} : { after: next }) };
      const reply = await running.queries.auditHistory(asked, running.asAdministrator());
      if (!reply.ok) throw new Error(reply.error.code);
      pages.push(...reply.value.changes.map(({ event }) => Number(event.revision)));
      ({ next } = reply.value);
    }
    const ofStream = read.mock.calls.filter(([stream]) => stream === streams.signIn('main', undefined));
    read.mockRestore();
    expect(pages).toEqual([...Array(length).keys()]);
    const begins = ofStream.map(([, range]) => range?.from ?? 0);
    expect(begins).toEqual(begins.toSorted((one, other) => one - other));
    expect(begins.filter((from) => from === 0)).toHaveLength(1);
  });

  const types = 'webhook.*';
  it.each([
    ['its state', (context: Context) => running.queries.auditState({ subject }, context)],
    ['the log', (context: Context) => running.queries.readEvents({ types, limit: 9 }, context)],
    [
      'its events',
      (context: Context) => running.queries.auditEvents({ types, subject, order: 'asc', limit: 9 }, context),
    ],
    ['its attempts', (context: Context) => running.queries.auditSignIns({ user, outcome, limit: 9 }, context)],
  ])('is read in turns with what else is asked: %s', async (_what, ask) => {
    const turns = countTurns();
    expect(codeOf(await ask({ ...running.asAdministrator(), deadline: clock() + 20_000 }))).toBe('ok');
    expect(turns()).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['the log', (context: Context) => running.queries.readEvents({ limit: 200 }, context)],
    ['its events', (context: Context) => running.queries.auditEvents({ subject, order: 'asc', limit: 200 }, context)],
  ])('is opened for one of all who ask at once in a turn, a few events each time: %s', async (_what, ask) => {
    const turns = countTurns();
    const asked = Array.from({ length: 8 }, () => ask({ ...running.asAdministrator(), deadline: clock() + 20_000 }));
    for (const reply of await Promise.all(asked)) expect(codeOf(reply)).toBe('ok');
    // Each page is of four chunks.
    expect(turns()).toBeGreaterThanOrEqual(8 * 3);
  });
});

/** From now on; the function that it gives back says how many and stops counting. */
function countTurns(): () => number {
  let turns = 0;
  let next: NodeJS.Immediate;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return () => {
    clearImmediate(next);
    return turns;
  };
}

describe('the proof that an event is in a seal of before the log was moved', () => {
  it('is counted no further once nobody waits for it', async () => {
    const { store } = running.temporary.log;
    const [event] = await store.readStream(streams.user('main', running.administrator.uid), { limit: 1 });
    const seal = { number: 1, from: 'before~0000000000000001', to: 'before~0000000000000009', before: 0, count: 500 };
    const signed = { merkleRoot: '0'.repeat(64), previous: null, kid: 'k', publicKey: '', signature: '', at: clock() };
    await running.people.append(streams.seals('main'), [{ type: 'log.sealed', data: { ...seal, ...signed } }]);
    const eventId = event?.id ?? '';
    const asked = (ms: number) =>
      running.queries.proveEvent({ eventId }, { ...running.asAdministrator(), deadline: clock() + ms });
    expect(codeOf(await asked(20_000))).toBe('ok');
    expect(codeOf(await asked(-1))).toBe('deadline.passed');
  });
});
