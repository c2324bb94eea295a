import { randomBytes, randomUUID } from 'node:crypto';
import type { Reply } from '@evident/contracts';
import { createSealSigner } from '@evident/crypto';
import { type ExpiredAttempt, streams } from '@evident/domain';
import { eventId, type StoredEvent } from '@evident/event-store';
import { numberedEvents, signExpiry } from '@evident/evidence';
import { manualClock } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

const clock = manualClock();
let appId: string;
let running: RunningProjection;
let user: string;
/** All that was recorded before anything expired, and when it expired. */
let whole: readonly StoredEvent[];
let expired: readonly StoredEvent[];
let expiredAt: number;

const asAdministrator = () => ({ ...running.asAdministrator(), deadline: clock() + 20_000 });
function found<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value;
}
async function caughtUp(): Promise<string> {
  const head = (await running.temporary.log.store.lastPosition()) ?? '';
  found(await running.queries.auditEvents({ limit: 1, order: 'asc' }, { ...asAdministrator(), minPosition: head }));
  return head;
}

async function append(stream: string, event: { type: string; data: unknown }): Promise<void> {
  const { log } = running.temporary;
  const commandId = randomUUID();
  const metadata = { tenant: 'main', actor: 'system', commandId, correlationId: commandId, occurredAt: clock() };
  const named = [{ ...event, id: eventId(commandId, stream, 'spec', 0) }];
  await log.store.append(stream, await log.codec.encode(named, { stream, metadata }), 'any');
}

async function attempt(userId: string | undefined): Promise<void> {
  clock.advance(1_000);
  const data = {
    ...{ purpose: 'verify', reason: userId === undefined ? 'unknown-user' : 'wrong-password', userId: userId ?? null },
    ...{
      appId,
      judged: { app: 0, reservation: null, user: null },
      account: 'k1.account',
      caller: 'k1.caller',
      at: clock(),
    },
  };
  await append(streams.signIn('main', userId), { type: 'signin.failed', data });
}

const signer = createSealSigner(randomBytes(32));
/** As token-issuer does: lists all attempts so far, and lets go of all but the last of each stream. */
async function expire(): Promise<readonly ExpiredAttempt[]> {
  clock.advance(1_000);
  const { store } = running.temporary.log;
  const attempts: ExpiredAttempt[] = [];
  const none = async function* (): AsyncGenerator<ExpiredAttempt> {};
  for await (const event of numberedEvents({ tenant: 'main', store, expired: none })) {
    const [, id] = /^signin-main\.(.+)$/.exec(event.stream) ?? [];
    const { number, revision, position, recordedAt, digest } = event;
    if (id !== undefined) attempts.push({ number, id, revision, position, recordedAt, digest });
  }
  const last = new Map(attempts.map(({ id, revision }) => [id, revision]));
  const letGo = [...last].map(([id, revision]) => ({ id, upTo: revision - 1 }));
  const upTo = attempts.at(-1)?.number ?? 0;
  const statement = { after: 0, upTo, before: clock(), total: attempts.length, attempts, letGo, late: [], at: clock() };
  await append(streams.retention('main'), { type: 'signin.expired', data: signExpiry('main', statement, signer) });
  for (const { id, upTo: end } of letGo) await store.truncateStream(`signin-main.${id}`, end + 1);
  return attempts.filter(({ id, revision }) => revision <= (letGo.find((each) => each.id === id)?.upTo ?? -1));
}

beforeAll(async () => {
  running = await runProjection({ now: clock });
  ({ uid: user } = await running.people.addUser());
  ({ uid: appId } = await running.people.addApp());
  for (let round = 0; round < 6; round++) {
    await attempt(user);
    await attempt(undefined);
    await running.people.addApp();
  }
  await caughtUp();
  whole = (await running.temporary.log.store.readAll(undefined, 1_000)) as readonly StoredEvent[];
  const gone = await expire();
  expiredAt = clock();
  expired = whole.filter(({ position }) => gone.some((each) => each.position === position));
  await caughtUp();
});
afterAll(() => running.end());

const isLeft = ({ id }: { readonly id: string }) => !expired.some((event) => event.id === id);
const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

describe('attempts that expired', () => {
  it('are in no answer any more, by user, app, outcome, type or actor; the last of each stream is', async () => {
    expect(expired).toHaveLength(10);
    const left = idsOf(whole.filter((event) => event.stream.startsWith('signin-') && isLeft(event)));
    for (const asked of [{}, { app: `app:${appId}` }, { outcome: 'failed' as const }]) {
      const { signIns } = found(await running.queries.auditSignIns({ ...asked, limit: 100 }, asAdministrator()));
      expect(idsOf(signIns.map(({ event }) => event))).toEqual(left);
    }
    const of = found(await running.queries.auditSignIns({ user: `user:${user}`, limit: 100 }, asAdministrator()));
    expect(of.signIns).toHaveLength(1);
    expect(of.next).toBeNull();
    const types = found(
      await running.queries.auditEvents({ types: 'signin.failed', order: 'asc', limit: 100 }, asAdministrator()),
    );
    expect(idsOf(types.events)).toEqual(left);
  });

  it('are told of: up to when there is nothing but the last of each account', async () => {
    const asked = { to: new Date(whole.at(-1)?.recordedAt ?? 0).toISOString(), limit: 100 };
    const { expiredBefore } = found(await running.queries.auditSignIns(asked, asAdministrator()));
    expect(expiredBefore).toBe(new Date(expiredAt).toISOString());
  });

  it('leave every page whole, from a position in the gap as from any other', async () => {
    const log = (await running.temporary.log.store.readAll(undefined, 1_000)) as readonly StoredEvent[];
    for (const { position } of whole) {
      const due = idsOf(log.filter((event) => event.position > position));
      const read = found(await running.queries.readEvents({ after: position, limit: 1000 }, asAdministrator()));
      expect(idsOf(read.events)).toEqual(due);
      const listed = found(
        await running.queries.auditEvents({ after: position, order: 'asc', limit: 1000 }, asAdministrator()),
      );
      expect(idsOf(listed.events)).toEqual(due);
      const back = found(
        await running.queries.auditEvents({ to: position, order: 'desc', limit: 1000 }, asAdministrator()),
      );
      expect(idsOf(back.events)).toEqual(idsOf(log.filter((event) => event.position <= position).toReversed()));
    }
  });

  it('leave what was true at any moment as it was: times and positions find the same place', async () => {
    const registered = whole.find(({ stream }) => stream === streams.user('main', user));
    const exists = async (at: string) => {
      const asked = await running.queries.auditState({ subject: `user:${user}`, at }, asAdministrator());
      return asked.ok && asked.value.exists;
    };
    if (registered === undefined) throw new Error('the user is in the log');
    for (const { position, recordedAt } of whole) {
      expect([position, await exists(position)]).toEqual([position, position >= registered.position]);
      const time = new Date(recordedAt).toISOString();
      expect([time, await exists(time)]).toEqual([time, recordedAt >= registered.recordedAt]);
      const range = { from: time, to: time, order: 'asc', limit: 100 } as const;
      const { events } = found(await running.queries.auditEvents(range, asAdministrator()));
      expect(idsOf(events)).toEqual(idsOf(whole.filter((event) => event.recordedAt === recordedAt && isLeft(event))));
    }
  });

  it('leave the state and the history of the subject those of what is left, at a position in the gap none', async () => {
    const subject = `signin:${user}`;
    const now = found(await running.queries.auditState({ subject }, asAdministrator()));
    expect(now.state).toMatchObject({ failed: 1 });
    const at = expired[0]?.position ?? '';
    const then = await running.queries.auditState({ subject, at }, asAdministrator());
    expect(then.ok ? then.value.state : null).toBeNull();
    const { changes } = found(await running.queries.auditHistory({ subject }, asAdministrator()));
    expect(changes).toHaveLength(1);
  });

  it('leave rows that are the same as those that are built of what is left', async () => {
    const verified = await running.operationQueries.verifyProjection(
      { projection: 'recorded-events' },
      asAdministrator(),
    );
    expect(found(verified)).toMatchObject({ differing: 0 });
  });

  it('are told of by the event of their expiry, which holds nothing of what they said', async () => {
    const { events } = found(
      await running.queries.auditEvents({ types: 'signin.expired', order: 'asc', limit: 1 }, asAdministrator()),
    );
    expect(events[0]).toMatchObject({ subject: 'retention:main', data: { total: 12 } });
    expect(JSON.stringify(events[0])).not.toContain('k1.caller');
  });
});
