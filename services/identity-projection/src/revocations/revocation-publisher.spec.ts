import { randomUUID } from 'node:crypto';
import type { getRevocations, RequestOf, RevocationNotice, ValueOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { openedSession, requestContext, silentLogger } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldLog } from '../groups/held-log.fixture.ts';
import { type RunningProjection, type RunOptions, runProjection } from '../running-projection.fixture.ts';
import { revocationLifeMs } from './ended-tokens.ts';

let running: RunningProjection;
let log = heldLog();
beforeEach(() => {
  log = heldLog();
});
afterEach(async () => {
  log.release();
  await running.end();
});

async function begin(options: RunOptions = {}): Promise<void> {
  running = await runProjection({ through: log.through, ...options });
}

async function ask(
  from: RequestOf<typeof getRevocations> = { since: 0 },
  minPosition?: string,
): Promise<ValueOf<typeof getRevocations>> {
  const context = requestContext(minPosition === undefined ? {} : { minPosition });
  const reply = await running.queries.getRevocations(from, context);
  if (!reply.ok) throw new Error(`refused: ${reply.error.code}`);
  return reply.value;
}

const isHeartbeat = ({ changes }: RevocationNotice) => changes.length === 0;

describe('the revocation list', () => {
  it('tells at once which tokens a change ended, and gives them to whoever asks past the change', async () => {
    await begin();
    await running.heard(isHeartbeat);
    const { people, temporary } = running;
    const user = await people.addUser();
    const told = running.heard(({ changes }) => changes.length > 0);
    const disabled = await people.changeUser(user.uid, { type: 'change-user', isActive: false });
    const change = { kind: 'user', userId: user.uid, generation: 2 };
    expect(await told).toMatchObject({ after: 0, sequence: 1, changes: [change] });
    const sessionId = randomUUID();
    const revoked = await people.append(streams.session(temporary.log.tenant, sessionId), [
      { type: 'session.revoked', data: { userId: user.uid, revokedAt: Date.now(), reason: 'revoked' } },
    ]);
    const whole = await ask({ since: 0 }, revoked);
    expect(whole).toMatchObject({ sequence: 2, snapshot: true, changes: [change, { kind: 'session', sessionId }] });
    const { publisher } = whole;
    expect(await ask({ publisher, since: 1 }, disabled)).toMatchObject({
      snapshot: false,
      changes: [{ kind: 'session', sessionId }],
    });
    expect(await ask({ publisher, since: 2 })).toMatchObject({ snapshot: false, changes: [] });
    expect(await ask({ publisher: randomUUID(), since: 2 })).toMatchObject({ snapshot: true, sequence: 2 });
    expect(await ask({ publisher, since: 99 })).toMatchObject({ snapshot: true, sequence: 2 });
    const elsewhere = { publisher: randomUUID(), since: 7 };
    expect(await ask({ ...elsewhere, others: [{ publisher, since: 1 }] })).toMatchObject({
      snapshot: false,
      changes: [{ kind: 'session', sessionId }],
    });
    expect(await ask({ publisher, since: 2, others: [elsewhere] })).toMatchObject({ snapshot: false, changes: [] });
  });

  it('ends no token by a registration', async () => {
    await begin();
    const { position } = await running.people.addUser();
    expect(await ask({ since: 0 }, position)).toMatchObject({ sequence: 0, changes: [] });
  });

  it('answers on a head of the log that was read for the question', async () => {
    await begin();
    for (let count = 0; count < 20; count++) {
      const user = await running.people.addUser();
      const begun = Date.now();
      const position = await running.people.changeUser(user.uid, { type: 'change-user', isActive: false });
      const answer = await ask();
      expect(answer.changes.at(-1)).toMatchObject({ userId: user.uid });
      expect(answer.position ?? '').toBe(position);
      expect(answer.asOf).toBeGreaterThanOrEqual(begun);
    }
  });

  it('says "not yet" where it cannot pass the head in time', async () => {
    await begin();
    await ask();
    log.hold();
    await running.people.addUser();
    const context = requestContext({ deadline: Date.now() + 100 });
    const reply = await running.queries.getRevocations({ since: 0 }, context);
    expect(reply).toMatchObject({ ok: false, error: { code: 'read.not-yet' } });
  });

  it('comes in parts where one message cannot hold it, and proves nothing before the last', async () => {
    await begin();
    const { people, temporary } = running;
    let last = '';
    for (let count = 0; count < 1_600; count++) {
      const appended = people.append(streams.session(temporary.log.tenant, randomUUID()), [
        { type: 'session.revoked', data: { userId: randomUUID(), revokedAt: Date.now(), reason: 'revoked' } },
      ]);
      if (count % 200 === 199) last = await appended;
    }
    const first = await ask({ since: 0 }, last);
    expect(first).toMatchObject({ snapshot: true, asOf: 0, sequence: 1_500 });
    expect(first.position).toBeUndefined();
    const rest = await ask({ publisher: first.publisher, since: first.sequence });
    expect(rest).toMatchObject({ snapshot: false, sequence: 1_600 });
    expect(rest.changes).toHaveLength(100);
    expect(rest.position).toBeDefined();
  });
});

describe('a heartbeat', () => {
  it('carries a head of the log that has been passed, and when it was read', async () => {
    await begin();
    const { position } = await running.people.addUser();
    const begun = Date.now();
    const beat = await running.heard((notice) => isHeartbeat(notice) && notice.asOf >= begun);
    expect(beat.position).toBe(position);
    expect(beat.after).toBe(beat.sequence);
  });

  it('is not sent while the log is not followed, though head and process are there', async () => {
    await begin();
    await running.heard(isHeartbeat);
    log.hold();
    const { position } = await running.people.addUser();
    await log.headRead();
    const silent = running.notices.length;
    expect(running.notices.every((notice) => notice.position !== position)).toBe(true);
    const next = running.heard(isHeartbeat);
    log.release();
    expect(await next).toMatchObject({ position });
    expect(running.notices).toHaveLength(silent + 1);
  });

  it('is not sent while the leader does not answer', async () => {
    await begin();
    await running.heard(isHeartbeat);
    log.cutOff();
    const heard = running.notices.length;
    await log.headRead();
    await log.headRead();
    expect(running.notices).toHaveLength(heard);
  });
});

describe('after a restart', () => {
  it('the list is the same under another name, also where the rows are behind', async () => {
    await begin();
    const { people } = running;
    const [alice, bob] = [await people.addUser(), await people.addUser()];
    await people.changeUser(alice.uid, { type: 'change-user', isActive: false });
    const sessionId = await sessionOf(bob.uid);
    const before = await people.append(streams.session('main', sessionId), [
      { type: 'session.revoked', data: { userId: bob.uid, revokedAt: Date.now(), reason: 'revoked' } },
    ]);
    await running.queries.getStatus({}, running.asAdministrator(before));
    const earlier = await ask();
    await running.stop();
    const after = await people.changeUser(bob.uid, { type: 'end-sessions', generation: 1 });
    await running.restart();
    const { publisher, snapshot, changes } = await ask({ ...earlier, since: earlier.sequence }, after);
    expect(publisher).not.toBe(earlier.publisher);
    expect(snapshot).toBe(true);
    expect(changes).toEqual([
      { kind: 'user', userId: alice.uid, generation: 2 },
      expect.objectContaining({ kind: 'session', sessionId }),
      { kind: 'user', userId: bob.uid, generation: 2 },
    ]);
  });

  it('the list is taken from the rows at the first attempt: they were filled before', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_fields: object, text: string) => warnings.push(text) };
    await begin({ logger: { ...logger, child: () => logger } });
    const { position } = await running.people.addUser();
    await running.queries.getStatus({}, running.asAdministrator(position));
    await running.restart();
    await ask({ since: 0 }, position);
    expect(warnings).toEqual([]);
  });

  it('what no token can be meant by any more is left out', async () => {
    let now = Date.now();
    await begin({ now: () => now });
    const { people } = running;
    const [alice, bob] = [await people.addUser(), await people.addUser()];
    const first = await people.changeUser(alice.uid, { type: 'change-user', isActive: false });
    await ask({ since: 0 }, first);
    now += revocationLifeMs;
    const second = await people.changeUser(bob.uid, { type: 'change-user', isActive: false });
    await running.restart();
    const context = requestContext({ minPosition: second, deadline: now + 5_000 });
    expect(await running.queries.getRevocations({ since: 0 }, context)).toMatchObject({
      value: { changes: [{ userId: bob.uid }] },
    });
  });
});

async function sessionOf(userId: string): Promise<string> {
  const sessionId = randomUUID();
  const session = openedSession({ userId, audience: 'app', generation: 1 }, 1);
  await running.people.append(streams.session('main', sessionId), [session]);
  return sessionId;
}
