import { randomUUID } from 'node:crypto';
import { streams } from '@evident/domain';
import type { JsonObject, Position, StoredEvent } from '@evident/event-store';
import { describe, expect, it } from 'vitest';
import { checkSessionEvents } from './check-sessions.ts';
import { type HeldSession, SessionHistory } from './session-history.ts';

const sessionId = randomUUID();
const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
const evidence = { stream: 'signin-main.x', revision: 0, eventId: randomUUID() };

function event(type: string, data: JsonObject, stream = streams.session('main', sessionId)): StoredEvent {
  const metadata = { tenant: 'main', actor: 'system', commandId: 'c', correlationId: 'c', occurredAt: 0 };
  const place = { stream, revision: 0, position: 'log~0000000000000001' as Position, recordedAt: 0 };
  return { id: randomUUID(), type, schema: 1, data, metadata, ...place };
}
const opened = event('session.opened', { tokenId: first, evidence });
const refreshed = (tokenId: string) => event('session.refreshed', { tokenId });
const revoked = event('session.revoked', { reason: 'logout' });
const stolen = event('session.reuse-detected', { presentedId: first });

function problemsOf(held: Partial<HeldSession>, events: readonly StoredEvent[]): string[] {
  const history = new SessionHistory();
  const tokens = { accessToken: '', refreshToken: '', acknowledged: [first], refreshInDoubt: false };
  history.sessions.push({ sessionId, ...tokens, end: 'none', ...held });
  return checkSessionEvents(history, events);
}

describe('the check of sessions', () => {
  it('finds nothing where everything acknowledged is there, and at most one refresh that was in doubt', () => {
    expect(problemsOf({}, [opened])).toEqual([]);
    expect(problemsOf({ acknowledged: [first, second] }, [opened, refreshed(second)])).toEqual([]);
    expect(problemsOf({ refreshInDoubt: true }, [opened, refreshed(second)])).toEqual([]);
    expect(problemsOf({ end: 'asked' }, [opened, revoked])).toEqual([]);
    expect(problemsOf({ end: 'acknowledged' }, [opened, revoked])).toEqual([]);
  });

  it.each<[string, Partial<HeldSession>, readonly StoredEvent[]]>([
    ['a sign-in that is gone', {}, []],
    ['a refresh that is gone', { acknowledged: [first, second] }, [opened]],
    ['another refresh than the one acknowledged', { acknowledged: [first, second] }, [opened, refreshed(third)]],
    ['a refresh that nobody asked for', {}, [opened, refreshed(second)]],
    ['two for one that was in doubt', { refreshInDoubt: true }, [opened, refreshed(second), refreshed(third)]],
    ['an end that is gone', { end: 'acknowledged' }, [opened]],
    ['an end that nobody asked for', {}, [opened, revoked]],
    [
      'a session that goes on after its end',
      { end: 'asked', refreshInDoubt: true },
      [opened, revoked, refreshed(second)],
    ],
    ['a session that was taken for stolen', { end: 'asked' }, [opened, stolen, revoked]],
    [
      'two sessions of one sign-in',
      {},
      [opened, event('session.opened', { tokenId: third, evidence }, streams.session('main', randomUUID()))],
    ],
  ])('finds %s', (_what, held, events) => {
    expect(problemsOf(held, events)).not.toEqual([]);
  });
});
