import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import { openedSession } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { generationsProjection } from './generations.projection.ts';
import { happened, rowsAfter } from './happened.fixture.ts';
import { sessionsProjection } from './sessions.projection.ts';

describe('a row of generations', () => {
  const uid = randomUUID();
  const on = (type: string, data: { generation: number; [member: string]: string | number | boolean }, at: number) =>
    happened(streams.user('main', uid), type, data, at);
  const first = on('user.password-changed', { passwordHash: 'sealed', generation: 1 }, 100);

  it('begins with the first password, which ends no token', () => {
    expect(rowsAfter(generationsProjection, [first])).toEqual({
      [uid]: { holder: 'user', generation: 1, endedAt: null },
    });
  });

  it.each([
    ['a new password', 'user.password-changed', { passwordHash: 'new', generation: 2 }],
    ['a disable', 'user.deactivated', { generation: 2 }],
    ['a removal', 'user.removed', { generation: 2, wasActive: true }],
    ['the end of all sessions', 'user.sessions-ended', { generation: 2 }],
    ['the end of the password', 'user.password-removed', { generation: 2 }],
    ['a demotion', 'user.admin-revoked', { generation: 2 }],
  ])('goes up with %s', (_cause, type, data) => {
    const rows = rowsAfter(generationsProjection, [first, on(type, data, 200)]);
    expect(rows).toEqual({ [uid]: { holder: 'user', generation: 2, endedAt: 200 } });
  });
});

describe('a row of generations of an agent', () => {
  const uid = randomUUID();
  const details = { name: 'a', description: '', scopes: [] };
  const key = { verifyKey: 'PEM', keyId: 'a'.repeat(64) };
  const maker = { workspaceId: null, createdBy: { kind: 'user', id: randomUUID() } };
  const on = (type: string, generation: number, at: number) =>
    happened(streams.agent('main', uid), type, { ...details, ...key, ...maker, generation }, at);
  const created = on('agent.created', 1, 100);

  it('goes up with a new key, and not with a change that takes nothing away', () => {
    const replaced = { [uid]: { holder: 'agent', generation: 2, endedAt: 200 } };
    expect(rowsAfter(generationsProjection, [created, on('agent.key-replaced', 2, 200)])).toEqual(replaced);
    expect(
      rowsAfter(generationsProjection, [
        created,
        on('agent.changed', 1, 150),
        on('agent.key-replaced', 2, 200),
        on('agent.changed', 2, 300),
      ]),
    ).toEqual(replaced);
  });
});

describe('a row of sessions', () => {
  const [id, userUid] = [randomUUID(), randomUUID()];
  const stream = streams.session('main', id);
  const times = { openedAt: 100, expiresAt: 900 };
  const said = { methods: ['password'], scopes: ['read:wiki'] };
  const client = { clientIp: '192.0.2.7', userAgent: 'curl' };
  const { data } = openedSession(
    { userId: userUid, audience: 'app', generation: 4, ...said, ...client, ...times },
    times.openedAt,
  );
  const opened = happened(stream, 'session.opened', data);
  const revoked = (at: number) =>
    happened(stream, 'session.revoked', { userId: userUid, revokedAt: at, reason: 'logout' }, at);
  const open = { userUid, audience: 'app', generation: 4, ...said, ...times, lastUsedAt: 100, endedAt: null };

  it('has whose it is, for whom, and how long, and not from where: that would outlive an erasure', () => {
    expect(rowsAfter(sessionsProjection, [opened])).toEqual({ [id]: open });
  });

  it('says when it was used last, and how long it goes on from there', () => {
    const { evidence: _, clientIp: _ip, userAgent: _agent, ...lasting } = data;
    const tokens = { refreshId: randomUUID(), replacedId: randomUUID(), caller: 'k1.caller', scopes: [] };
    const refreshed = { ...lasting, ...tokens, refreshedAt: 500, expiresAt: 1_500 };
    expect(rowsAfter(sessionsProjection, [opened, happened(stream, 'session.refreshed', refreshed)])).toEqual({
      [id]: { ...open, scopes: [], lastUsedAt: 500, expiresAt: 1_500 },
    });
  });

  it('ends with the first revocation', () => {
    expect(rowsAfter(sessionsProjection, [opened, revoked(200), revoked(300)])).toEqual({
      [id]: { ...open, endedAt: 200 },
    });
  });
});
