import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import type { JsonObject, Position, StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { endedBy, revocationLifeMs } from './ended-tokens.ts';

const userId = randomUUID();

function stored(stream: string, type: string, data: JsonObject, schema = 1): StoredEvent {
  const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
  const place = { stream, revision: 0, position: 'log~0000000000000001' as Position, recordedAt: 700 };
  return { id: randomUUID(), type, schema, data, metadata, ...place };
}
const onUser = (type: string, data: JsonObject, schema = 1) => stored(streams.user('main', userId), type, data, schema);
const ended = (generation: number) => ({ revocation: { kind: 'user', userId, generation }, endedAt: 700 });

describe('what ends with an event', () => {
  it.each([
    ['user.password-changed', { passwordHash: 'sealed', generation: 2 }],
    ['user.deactivated', { generation: 2 }],
    ['user.removed', { generation: 2, wasActive: true }],
    ['user.sessions-ended', { generation: 2 }],
    ['user.password-removed', { generation: 2 }],
    ['user.admin-revoked', { generation: 2 }],
  ])('%s: tokens of an older generation', (type, data) => {
    expect(endedBy(onUser(type, data))).toEqual(ended(2));
  });

  it('session.revoked: those of the session, for as long as one could live', () => {
    const sessionId = randomUUID();
    const revoked = stored(streams.session('main', sessionId), 'session.revoked', { userId, revokedAt: 600 });
    const expiresAt = 700 + revocationLifeMs;
    expect(endedBy(revoked)).toEqual({ revocation: { kind: 'session', sessionId, expiresAt }, endedAt: 700 });
  });

  it('the first password: nothing', () => {
    expect(endedBy(onUser('user.password-changed', { passwordHash: 'sealed', generation: 1 }))).toBeUndefined();
  });

  it.each(['user.registered', 'user.reactivated', 'session.opened', 'signin.succeeded'])('%s: nothing', (type) => {
    expect(endedBy(onUser(type, {}))).toBeUndefined();
  });

  it('one of a newer program, or with a wrong shape: every token of its user', () => {
    expect(endedBy(onUser('user.deactivated', { generation: 2 }, 99))).toEqual(ended(Number.MAX_SAFE_INTEGER));
    expect(endedBy(onUser('user.deactivated', {}))).toEqual(ended(Number.MAX_SAFE_INTEGER));
  });
});
