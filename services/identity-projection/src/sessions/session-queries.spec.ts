import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { openedSession, requestContext } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningProjection, runProjection } from '../running-projection.fixture.ts';

let running: RunningProjection;
let user: { readonly uid: string };
let credential: string;
beforeEach(async () => {
  running = await runProjection();
  user = await running.people.addUser();
  credential = await running.tokens.issue(user.uid);
});
afterEach(() => running.end());

/** A session on the log, with where it stands. */
async function open(userId: string, at = Date.now(), generation = 1) {
  const sessionId = randomUUID();
  const client = { clientIp: '192.0.2.7', userAgent: 'curl' };
  const event = openedSession({ userId, audience: 'app', generation, scopes: ['read:wiki'], ...client }, at);
  const position = await running.people.append(streams.session('main', sessionId), [event]);
  return { sessionId, position };
}

async function openMany(count: number, at: (made: number) => number) {
  const opened = await Promise.all(Array.from({ length: count }, (_, made) => open(user.uid, at(made))));
  return {
    position:
      opened
        .map(({ position }) => position)
        .toSorted()
        .at(-1) ?? '',
  };
}

const revoke = (sessionId: string, userId: string) =>
  running.people.append(streams.session('main', sessionId), [
    { type: 'session.revoked', data: { userId, revokedAt: Date.now(), reason: 'revoked' } },
  ]);

async function listed(
  minPosition: string,
  more: { userId?: string; skip?: number; limit?: number } = {},
  as = credential,
) {
  const request = { skip: 0, limit: 10, ...more };
  const reply = await running.sessionQueries.listSessions(request, requestContext({ credential: as, minPosition }));
  if (!reply.ok) return reply.error.code;
  return { ids: reply.value.sessions.map(({ uid }) => uid), total: reply.value.total };
}

async function got(sessionId: string, minPosition: string, as = credential) {
  const reply = await running.sessionQueries.getSession({ sessionId }, requestContext({ credential: as, minPosition }));
  return reply.ok ? reply.value : reply.error.code;
}

describe('one’s sessions', () => {
  it('are listed newest first, page by page, with where they came from', async () => {
    const opened = [await open(user.uid, Date.now() + 10), await open(user.uid, Date.now() + 20)];
    const [, { sessionId, position } = { sessionId: '', position: '' }] = opened;
    const own = await listed(position);
    // The token that asks has a session too.
    expect(own).toEqual({ ids: [sessionId, opened[0]?.sessionId, expect.any(String)], total: 3 });
    expect(await listed(position, { skip: 1, limit: 1 })).toEqual({ ids: [opened[0]?.sessionId], total: 3 });
    expect(await got(sessionId, position)).toMatchObject({
      uid: sessionId,
      userUid: user.uid,
      audience: 'app',
      scopes: ['read:wiki'],
      clientIp: '192.0.2.7',
      userAgent: 'curl',
      isActive: true,
    });
  });

  it('leave the list when they end: revoked, expired, or of an older generation', async () => {
    const [revoked, expired] = [await open(user.uid), await open(user.uid, Date.now() - 3_600_001)];
    const position = await revoke(revoked.sessionId, user.uid);
    expect(await listed(position)).toMatchObject({ total: 1 });
    for (const { sessionId } of [revoked, expired]) {
      expect(await got(sessionId, position)).toMatchObject({ uid: sessionId, isActive: false });
    }
    const older = await open(user.uid);
    const ended = await running.people.changeUser(user.uid, { type: 'end-sessions', generation: 1 });
    const again = await running.tokens.issue(user.uid);
    expect(await listed(ended, {}, again)).toMatchObject({ total: expect.any(Number) });
    expect(await got(older.sessionId, ended, again)).toMatchObject({ isActive: false });
  });
});

describe('more sessions than are read at a time', () => {
  it('are counted and shown once each, also where many expire at the same moment', async () => {
    const now = Date.now();
    const opened = await openMany(1_100, (made) => now + Math.floor(made / 600));
    const first = await listed(opened.position, { limit: 1_000 });
    const rest = await listed(opened.position, { skip: 1_000, limit: 1_000 });
    if (typeof first === 'string' || typeof rest === 'string') throw new Error('refused');
    expect([first.total, rest.total]).toEqual([1_101, 1_101]);
    expect(new Set([...first.ids, ...rest.ids]).size).toBe(first.ids.length + rest.ids.length);
  });

  it('are read in turns with others, and no further once nobody waits for them', async () => {
    const { position } = await openMany(1_100, () => Date.now());
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    await listed(position);
    setImmediate(count);
    await listed(position);
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(2);
    const late = requestContext({ credential, deadline: Date.now() - 1 });
    const reply = await running.sessionQueries.listSessions({ skip: 0, limit: 10 }, late);
    expect(reply).toMatchObject({ ok: false, error: { code: 'deadline.passed' } });
  });
});

describe('another’s sessions', () => {
  it('are not there for a stranger, by id, and not permitted by list', async () => {
    const { sessionId, position } = await open(running.administrator.uid);
    expect(await got(sessionId, position)).toBe('session.unknown');
    expect(await got(randomUUID(), position)).toBe('session.unknown');
    expect(await listed(position, { userId: running.administrator.uid })).toBe('caller.not-permitted');
  });

  it('are read by whoever holds the scope for it', async () => {
    const { sessionId, position } = await open(user.uid);
    const administrator = running.asAdministrator().credential;
    expect(await got(sessionId, position, administrator)).toMatchObject({ uid: sessionId });
    expect(await listed(position, { userId: user.uid }, administrator)).toMatchObject({ total: 2 });
  });

  it('need a credential', async () => {
    const reply = await running.sessionQueries.listSessions({ skip: 0, limit: 10 }, requestContext());
    expect(reply).toMatchObject({ ok: false, error: { code: 'caller.not-authenticated' } });
  });
});
