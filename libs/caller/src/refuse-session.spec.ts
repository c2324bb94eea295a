import { describe, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { refuseSession } from './refuse-session.ts';

const caller = (members: Partial<Caller> = {}): Caller => ({
  ...{ actor: 'user:u1', holder: { kind: 'user', id: 'u1' }, tenant: 'main', isAdmin: false, isOwner: false },
  ...{ scopes: [], workspaceIds: [], generation: 1, audience: 'your-app', ...members },
});
const isAllowed = (scopes: readonly string[], sessionId?: string) =>
  refuseSession(caller({ scopes }), 'read:sso/session', 'u2', sessionId) === undefined;

describe('sessions', () => {
  it('are one’s own to read and to end, but not by a key of one’s own', () => {
    expect(refuseSession(caller(), 'delete:sso/session', 'u1', 's1')).toBeUndefined();
    expect(refuseSession(caller({ actor: 'apikey:k1' }), 'delete:sso/session', 'u1', 's1')).toMatchObject({
      details: { missing: 'delete:sso/session' },
    });
  });

  it.each([
    ['read:sso/session', true, true],
    ['read:sso/session?user_id=u2', true, true],
    ['read:sso/session?owner_id=u2', true, true],
    ['read:sso/session?owner_id=u3', false, false],
    ['read:sso/session?uid=s1', true, false],
    ['read:sso/session?uid=s2', false, false],
  ])('of others are for who holds %s: one %s, all %s', (scope, one, all) => {
    expect([isAllowed([scope], 's1'), isAllowed([scope])]).toEqual([one, all]);
  });
});
