import {
  authenticate,
  fail,
  getPerson,
  type IssuedTokens,
  logOut,
  openSession,
  type PersonObject,
  refreshSession,
  registerPerson,
  succeed,
  verifyToken,
} from '@evident/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { userId } from './issued-tokens.fixture.ts';
import { type RunningGateway, type StartOptions, startGateway } from './start-gateway.fixture.ts';

const base = '/api/sso/v1';
const evidence = { stream: 'signin-main.x', revision: 3, ticket: 'ticket' };
const sessionId = '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f62';
const tokens: IssuedTokens = {
  accessToken: 'a.b.c',
  expiresIn: 3600,
  refreshToken: 'r.e.f',
  refreshExpiresIn: 2_592_000,
  sessionId,
  userId,
};
const person: PersonObject = {
  uid: userId,
  number: 1,
  name: 'Jo',
  identifiers: [],
  roles: ['editor'],
  roleIds: [],
  scopes: [],
  workspaceRoles: {},
  workspaceIds: [],
  isActive: true,
  isLimited: false,
  status: 'active',
  isAdmin: false,
  isOwner: false,
  avatarUrl: '',
  customClaims: {},
  credentials: [],
  createdAt: 0,
  updatedAt: 0,
};

let gateway: RunningGateway;
const start = async (options: StartOptions = {}) => {
  gateway = await startGateway(options);
};
const credentials = { identifier: 'jo@example.com', secret: 'Correct-Horse-7' };
const login = (json: object = credentials) => gateway.call('POST', `${base}/auth/login`, { json, anonymous: true });
const sameSite = { 'sec-fetch-site': 'same-origin' };
const cookies = { cookie: 'usso-access-token=a.b.c; usso-refresh-token=r.e.f' };

beforeAll(() => start());
beforeEach(() => {
  const { services } = gateway;
  services.asked.length = 0;
  services.answer(authenticate, () => succeed({ userId, evidence, person }, 'log~1'));
  services.answer(registerPerson, () => succeed({ userId, evidence, person, registered: true }, 'log~1'));
  services.answer(openSession, () => succeed(tokens, 'log~2'));
  services.answer(refreshSession, () => succeed(tokens, 'log~3'));
  services.answer(getPerson, () => succeed(person));
  services.answer(logOut, () => succeed({ sessionId, userId }, 'log~4'));
});
afterAll(() => gateway.close());

describe('POST /auth/login', () => {
  it('answers the tokens in every form that clients read, and sets them as cookies', async () => {
    const { status, json, headers } = await login();
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        access_token: 'a.b.c',
        refresh_token: 'r.e.f',
        token_type: 'Bearer',
        expires_in: 3600,
        status: 'completed',
        tokens: { access: 'a.b.c', refresh: 'r.e.f' },
        token: { access_token: 'a.b.c', refresh_token: 'r.e.f' },
        user: { id: `user:${userId}`, uid: userId, tenant_id: 'main', roles: ['editor'] },
      },
    });
    expect(headers.getSetCookie()).toEqual([
      'usso-access-token=a.b.c; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax',
      `usso-refresh-token=r.e.f; Path=${base}/auth; Max-Age=2592000; HttpOnly; SameSite=Lax`,
    ]);
    expect(headers.get('x-evident-position')).toBe('log~2');
  });

  it('asks for a session and, with register, for a registration of whom nobody knows yet', async () => {
    await login({ ...credentials, type: 'email', audience: 'reports' });
    await login({ ...credentials, register: true });
    const { services } = gateway;
    const asked = { username: credentials.identifier, password: credentials.secret, purpose: 'session' };
    expect(services.askedOf(authenticate).map(({ payload }) => payload)).toEqual([
      { ...asked, kind: 'email', audience: 'reports' },
    ]);
    expect(services.askedOf(registerPerson).map(({ payload }) => payload)).toEqual([
      { identifier: asked.username, password: asked.password, orSignIn: true, fromThisMachine: true },
    ]);
    expect(services.askedOf(openSession).map(({ payload }) => payload)).toEqual(
      Array.from({ length: 2 }, () => ({ evidence, purpose: 'session' })),
    );
  });

  it('is 422 without a secret, and 401 with a wrong one, whoever is named', async () => {
    expect(await login({ identifier: 'jo' })).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'secret'], type: 'missing' }] },
    });
    gateway.services.fail(authenticate, 'signin.refused');
    const { status, json, headers } = await login();
    expect({ status, json }).toMatchObject({ status: 401, json: { code: 'invalid_credentials' } });
    expect(headers.getSetCookie()).toEqual([]);
  });
});

describe('refresh', () => {
  const refresh = (method: 'GET' | 'POST', headers: Record<string, string>, json?: object) =>
    gateway.call(method, `${base}/auth/refresh`, { anonymous: true, headers, ...(json === undefined ? {} : { json }) });

  it('takes the token of the body, or the cookie of a request of this site', async () => {
    for (const { status, json } of [
      await refresh('POST', {}, { refresh_token: 'r.e.f' }),
      await refresh('POST', { ...cookies, ...sameSite }),
      await refresh('GET', { ...cookies, origin: gateway.url }),
    ]) {
      expect({ status, json }).toMatchObject({ status: 200, json: { status: 'refreshed', user: { uid: userId } } });
    }
    const asked = gateway.services.askedOf(refreshSession).map(({ payload }) => payload);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ refreshToken: 'r.e.f' })));
    // Who it is is asked with the token that was just given.
    expect(gateway.services.askedOf(getPerson).map(({ context }) => context.credential)).toEqual(
      Array.from({ length: 3 }, () => 'a.b.c'),
    );
  });

  it('does not count a cookie of another site, or of nobody knows which', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      for (const method of ['GET', 'POST'] as const) {
        expect(await refresh(method, { ...cookies, ...headers })).toMatchObject({ status: 403 });
      }
    }
    expect(gateway.services.askedOf(refreshSession)).toEqual([]);
  });

  it('is 401 without a token, and takes the cookies away with one that is over', async () => {
    const detail =
      'No refresh token was sent: it goes into the body as refresh_token, or comes as the cookie usso-refresh-token.';
    for (const sent of [{}, { refreshToken: 'r.e.f' }, { refresh_token: null }])
      expect(await refresh('POST', {}, sent)).toMatchObject({ status: 401, json: { code: 'unauthorized', detail } });
    gateway.services.fail(refreshSession, 'session.refresh-reused');
    const { status, json, headers } = await refresh('GET', { ...cookies, ...sameSite });
    expect({ status, json }).toMatchObject({ status: 401, json: { code: 'refresh_token_reused' } });
    expect(headers.getSetCookie()).toEqual(
      [/^usso-access-token=;.*Max-Age=0/, /^usso-refresh-token=;.*Max-Age=0/].map((gone) =>
        expect.stringMatching(gone),
      ),
    );
  });

  it.each(['load.shed', 'signing.unavailable'] as const)('leaves the cookies where it is %s', async (code) => {
    gateway.services.fail(refreshSession, code);
    for (const method of ['GET', 'POST'] as const) {
      const { status, headers } = await refresh(method, { ...cookies, ...sameSite });
      expect([status, headers.getSetCookie()]).toEqual([503, []]);
    }
  });

  it('gives the tokens also where nobody can say just now who they are for', async () => {
    gateway.services.fail(getPerson, 'read.not-yet');
    const { status, json } = await refresh('POST', {}, { refresh_token: 'r.e.f' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { access_token: 'a.b.c', user: { id: `user:${userId}`, tenant_id: 'main' } },
    });
  });
});

describe('logout', () => {
  const logout = (method: 'GET' | 'POST', headers: Record<string, string> = {}, json?: object) =>
    gateway.call(method, `${base}/auth/logout`, { anonymous: true, headers, ...(json === undefined ? {} : { json }) });

  it('passes on whatever names the session: Bearer, body, or the cookies of this site', async () => {
    const bearer = { authorization: 'Bearer x.y.z' };
    for (const { status, json, headers } of [
      await logout('POST', bearer),
      await logout('GET', bearer),
      await logout('POST', {}, { refresh_token: 'other' }),
      await logout('GET', { ...cookies, ...sameSite }),
    ]) {
      expect({ status, json }).toEqual({ status: 200, json: { message: 'Signed out' } });
      expect(headers.getSetCookie()).toHaveLength(2);
    }
    const asked = gateway.services.askedOf(logOut).map(({ payload, context }) => [payload, context.credential]);
    expect(asked).toEqual([
      [{}, 'x.y.z'],
      [{}, 'x.y.z'],
      [{ refreshToken: 'other' }, undefined],
      [{ refreshToken: 'r.e.f' }, 'a.b.c'],
    ]);
  });

  it('takes the cookies away with a session that is over already', async () => {
    gateway.services.fail(logOut, 'caller.bad-credential');
    const { status, headers } = await logout('GET', { ...cookies, ...sameSite });
    expect([status, headers.getSetCookie().length]).toEqual([401, 2]);
  });

  it.each([
    ['load.shed', 503],
    ['caller.not-permitted', 403],
  ] as const)('leaves the cookies of a session that goes on: %s', async (code, refused) => {
    gateway.services.fail(logOut, code);
    const { status, headers } = await logout('POST', { ...cookies, ...sameSite });
    expect([status, headers.getSetCookie()]).toEqual([refused, []]);
  });

  it('takes the token of the body, whatever cookies come along from another site', async () => {
    const foreign = { ...cookies, 'sec-fetch-site': 'same-site' };
    expect(await logout('POST', foreign, { refresh_token: 'other' })).toMatchObject({ status: 200 });
    const [asked] = gateway.services.askedOf(logOut);
    expect([asked?.payload, asked?.context.credential]).toEqual([{ refreshToken: 'other' }, undefined]);
  });

  it('does not count a cookie of another site', async () => {
    expect(await logout('GET', { ...cookies, 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect(await logout('POST', cookies)).toMatchObject({ status: 403 });
    expect(gateway.services.askedOf(logOut)).toEqual([]);
  });

  it.each([
    ['caller.foreign-audience', 403, 0],
    ['service.unavailable', 503, 0],
    ['caller.bad-credential', 401, 2],
  ] as const)('that is refused takes cookies away only where they count no longer: %s', async (code, status, gone) => {
    gateway.services.fail(logOut, code);
    const refused = await logout('POST', { ...cookies, ...sameSite });
    expect([refused.status, refused.headers.getSetCookie().length]).toEqual([status, gone]);
  });
});

describe('POST /auth/verify-token', () => {
  const verify = (json: object) => gateway.call('POST', `${base}/auth/verify-token`, { json, anonymous: true });

  it('answers the claims of one that counts', async () => {
    const claims = { iss: 'i', sub: `user:${userId}`, aud: 'your-app', token_type: 'access', scopes: [] } as const;
    gateway.services.answer(verifyToken, () => succeed({ claims }));
    expect(await verify({ token: 'a.b.c', token_type: 'access' })).toMatchObject({ status: 200, json: claims });
    await verify({ token: 'a.b.c', token_type: 'unknown' });
    expect(gateway.services.askedOf(verifyToken).map(({ payload }) => payload)).toEqual([
      { token: 'a.b.c', tokenType: 'access' },
      { token: 'a.b.c' },
    ]);
  });

  it('is 401 for one that does not, or is of a type that is never issued', async () => {
    gateway.services.answer(verifyToken, () => fail('caller.bad-credential'));
    expect(await verify({ token: 'a.b.c' })).toMatchObject({ status: 401, json: { code: 'invalid_token' } });
    expect(await verify({ token: 'a.b.c', token_type: 'one_time' })).toMatchObject({ status: 401 });
  });
});

describe('off localhost', () => {
  it('cookies go over TLS alone', async () => {
    const local = gateway;
    await start({ env: { PUBLIC_URL: 'https://sso.example.com' } });
    gateway.services.answer(authenticate, () => succeed({ userId, evidence, person }, 'log~1'));
    gateway.services.answer(openSession, () => succeed(tokens, 'log~2'));
    const { headers } = await login();
    expect(headers.getSetCookie()).toEqual(
      [/^usso-access-token=.*; Secure$/, /^usso-refresh-token=.*; Secure$/].map((kept) => expect.stringMatching(kept)),
    );
    await gateway.close();
    gateway = local;
  });
});
