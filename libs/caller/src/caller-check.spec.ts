import { randomUUID } from 'node:crypto';
import type { AccessTokenClaims } from '@evident/contracts';
import { streams } from '@evident/domain';
import {
  type AccessTokens,
  createAccessTokens,
  manualClock,
  openTemporaryLog,
  PeopleOnLog,
  type TemporaryLog,
} from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CallerCheck, createCallerCheck, permit } from './index.ts';

const clock = manualClock();
let temporary: TemporaryLog;
let tokens: AccessTokens;
let people: PeopleOnLog;
let callers: CallerCheck;
let userId: string;

beforeEach(async () => {
  temporary = await openTemporaryLog({ now: clock });
  const { log, config } = temporary;
  tokens = await createAccessTokens(log, config, clock);
  people = new PeopleOnLog(log, clock);
  callers = createCallerCheck({
    log,
    issuer: config.publicUrl,
    audiences: [config.publicUrl, config.tokens.audience],
    now: clock,
  });
  userId = randomUUID();
  await onUser({ type: 'user.registered', data: { number: 1 } });
  await onUser({ type: 'user.password-changed', data: { passwordHash: 'sealed', generation: 1 } });
  await onUser({ type: 'user.admin-granted', data: {} });
});
afterEach(() => temporary.remove());

const onUser = (event: { type: string; data: unknown }) => people.append(streams.user('main', userId), [event]);
const sessionOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
const codeOf = async (credential: string | undefined) => {
  const outcome = await callers.check(credential);
  return outcome.ok ? 'ok' : outcome.error.code;
};

describe('a caller', () => {
  it('is who the token names, with what the log says that they hold now', async () => {
    const token = await tokens.issue(userId);
    const outcome = await callers.check(token);
    expect(outcome).toMatchObject({
      ok: true,
      caller: {
        ...{
          actor: `user:${userId}`,
          holder: { kind: 'user', id: userId },
          tenant: 'main',
          isAdmin: true,
          generation: 1,
        },
        ...{ audience: 'your-app', sessionId: sessionOf(token) },
      },
    });
    expect(outcome.ok && permit(outcome.caller, 'create:sso/user')).toBeUndefined();
  });

  it('who is no administrator holds nothing, and is told what was missing', async () => {
    await onUser({ type: 'user.admin-revoked', data: { generation: 2 } });
    const outcome = await callers.check(await tokens.issue(userId));
    expect(outcome.ok && permit(outcome.caller, 'create:sso/user')).toEqual({
      code: 'caller.not-permitted',
      details: { missing: 'create:sso/user' },
    });
  });

  it.each([
    ['is demoted', { type: 'user.admin-revoked', data: { generation: 2 } }],
    ['is disabled', { type: 'user.deactivated', data: { generation: 2 } }],
    ['is removed', { type: 'user.removed', data: { generation: 2, wasActive: true } }],
    ['gets a new password', { type: 'user.password-changed', data: { passwordHash: 'new', generation: 2 } }],
    ['ends all sessions', { type: 'user.sessions-ended', data: { generation: 2 } }],
  ])('loses the token that was used a moment ago when the user %s', async (_change, event) => {
    const token = await tokens.issue(userId);
    expect(await codeOf(token)).toBe('ok');
    await onUser(event);
    expect(await codeOf(token)).toBe('caller.bad-credential');
  });

  it('loses the token when its session is revoked, and no other', async () => {
    const [token, other] = [await tokens.issue(userId), await tokens.issue(userId)];
    await people.append(streams.session('main', sessionOf(token)), [
      { type: 'session.revoked', data: { userId, revokedAt: clock(), reason: 'revoked' } },
    ]);
    expect([await codeOf(token), await codeOf(other)]).toEqual(['caller.bad-credential', 'ok']);
  });

  it('is refused without a credential, and with one that is no token', async () => {
    expect(await codeOf(undefined)).toBe('caller.not-authenticated');
    for (const text of ['', 'x', 'a.b.c', 'usso_sk_x']) expect(await codeOf(text)).toBe('caller.bad-credential');
  });

  it('is refused with a token made for another app, and says so', async () => {
    expect(await codeOf(await tokens.issue(userId, { aud: 'another-app' }))).toBe('caller.foreign-audience');
  });

  it.each<[string, () => Partial<AccessTokenClaims>]>([
    ['of another tenant', () => ({ tenant_id: 'other' })],
    ['of another issuer', () => ({ iss: 'https://elsewhere.example.com' })],
    ['of a session that there is not', () => ({ sid: randomUUID() })],
    ['of a session of somebody else', () => ({ sub: `user:${randomUUID()}` })],
    ['of a later generation than the user has', () => ({ gen: 7 })],
    ['that has expired', () => ({ exp: Math.floor(clock() / 1000) - 6 })],
  ])('is refused with a token %s', async (_rule, claims) => {
    expect(await codeOf(await tokens.issue(userId, claims()))).toBe('caller.bad-credential');
  });

  it('is refused with a token of a session that was opened for somebody else', async () => {
    const other = await people.addUser();
    const sid = sessionOf(await tokens.issue(other.uid));
    expect(await codeOf(await tokens.issue(userId, { sid }))).toBe('caller.bad-credential');
  });

  it('is refused with a token that is signed by a key for another use', async () => {
    const refreshing = new Proxy(temporary.log.states.signingKeys, {
      get: (states, name) =>
        name === 'load'
          ? async (stream: string) => {
              const end = await states.load(stream);
              return { ...end, state: { keys: end.state.keys.map((key) => ({ ...key, use: 'refresh' as const })) } };
            }
          : Reflect.get(states, name),
    });
    const { log, config } = temporary;
    const token = await tokens.issue(userId);
    const ofRefreshKeys = createCallerCheck({
      log: { ...log, states: { ...log.states, signingKeys: refreshing } },
      issuer: config.publicUrl,
      audiences: [config.tokens.audience],
      now: clock,
    });
    expect(await ofRefreshKeys.check(token)).toMatchObject({ ok: false, error: { code: 'caller.bad-credential' } });
  });

  it('is refused with a token whose key nobody published', async () => {
    const elsewhere = await openTemporaryLog({ now: clock });
    const foreign = await createAccessTokens(elsewhere.log, temporary.config, clock);
    expect(await codeOf(await foreign.issue(userId))).toBe('caller.bad-credential');
    await elsewhere.remove();
  });
});
