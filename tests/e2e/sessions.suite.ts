import { type Deployment, freePort, startService, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, adminToken, type Body, type Call, call, claimsIn } from './http.ts';
import { createUser, type NewUser, uniqueName } from './objects.ts';
import { type Shape, withoutOtherGateways } from './shape.ts';

const base = '/api/sso/v1';
const parallel = Number(process.env.PARALLEL_REFRESHES ?? 100);
const browser = { 'user-agent': 'browser' };

/** Sign-in, refresh, logout and sessions of the USSO contract (api/usso.md), on whichever deployment. */
export function sessionsSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  const alone = withoutOtherGateways(shape);
  describe.skipIf(shape.missing !== undefined)(`sessions on ${shape.name}${reason}`, () => {
    let evident: Deployment;
    let administrator: string;
    let user: NewUser;

    beforeAll(async () => {
      evident = await shape.start({ RATE_LIMIT: 'off', ARGON2_MEMORY_KIB: '1024', ALLOWED_AUDIENCES: 'reports' });
      administrator = await adminToken(evident);
      user = await createUser(evident, administrator);
    });
    afterAll(async () => {
      await evident?.remove();
      await shape.stopServers();
    });

    const ask = (path: string, options: Call = {}, at: Pick<Deployment, 'url'> = evident) =>
      call(at, `${base}${path}`, { ...options, headers: { ...browser, ...options.headers } });

    const signIn = async (who: Pick<NewUser, 'username' | 'password'> = user, more = {}): Promise<Body> => {
      const json = { identifier: who.username, secret: who.password, ...more };
      const { status, body } = await ask('/auth/login', { json });
      if (status !== 200) throw new Error(`no sign-in: ${status} ${JSON.stringify(body)}`);
      return body;
    };
    const refresh = (refreshToken: string, headers = {}) =>
      ask('/auth/refresh', { json: { refresh_token: refreshToken }, headers });
    const statusOf = async (token: string, at?: Pick<Deployment, 'url'>) => (await ask('/me', { token }, at)).status;

    /** Ways in which the tokens of a session end, each with what does it. */
    const endings: Record<string, (session: Body, who: NewUser) => Promise<Answer>> = {
      'signing out': ({ access_token: token }) => ask('/auth/logout', { method: 'POST', token }),
      'the end of the session': ({ access_token: token }) =>
        ask(`/sessions/session:${claimsIn(token).sid}`, { method: 'DELETE', token }),
      'the end of all sessions': ({ access_token: token }) => ask('/sessions', { method: 'DELETE', token }),
      'the reuse of a refresh token': async ({ refresh_token: token }) => {
        await refresh(token);
        return refresh(token, { 'user-agent': 'a thief' });
      },
      'a new password': (_session, { body }) =>
        call(evident, `/users/${body.id}`, {
          method: 'PUT',
          token: administrator,
          json: { password: 'another password of a spec 2' },
        }),
      'being disabled': (_session, { body }) =>
        call(evident, `/users/${body.id}`, { method: 'PUT', token: administrator, json: { is_active: false } }),
    };

    describe('signing in', () => {
      it('by name or address gives tokens that the published keys belong to, and who it is', async () => {
        const { body: jwks } = await call(evident, '/.well-known/jwks.json');
        const kids = jwks.keys.map(({ kid }: Body) => kid);
        for (const identifier of [user.username, user.email]) {
          const session = await signIn({ ...user, username: identifier });
          expect(session).toMatchObject({ status: 'completed', token_type: 'Bearer', expires_in: 3600 });
          expect(session.user).toMatchObject({ id: `user:${user.body.uid}`, uid: user.body.uid, is_active: true });
          for (const token of [session.access_token, session.refresh_token]) expect(kids).toContain(headOf(token).kid);
          expect(claimsIn(session.access_token)).toMatchObject({ aud: 'your-app', sub: `user:${user.body.uid}` });
        }
      });

      it('with register makes a person of an unknown identifier once, and is an ordinary sign-in after that', async () => {
        const json = { identifier: `${uniqueName()}@example.com`, secret: 'Correct-Horse-7', register: true };
        const [first, again] = [await ask('/auth/login', { json }), await ask('/auth/login', { json })];
        if (first.status === 403) {
          // Off standalone nobody registers unless it is configured: known and unknown read the same.
          expect([first.body.code, again.status]).toEqual(['self_registration_disabled', 403]);
          return;
        }
        expect([first.status, again.status]).toEqual([200, 200]);
        expect(again.body.user.id).toBe(first.body.user.id);
        const wrong = await ask('/auth/login', { json: { ...json, secret: 'Wrong-Horse-7' } });
        expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      });

      it('answers who it is, by /me, /users/me and /auth/me', async () => {
        const { access_token: token } = await signIn();
        const person = { id: `user:${user.body.uid}`, uid: user.body.uid, tenant_id: 'main' };
        expect(await ask('/me', { token })).toMatchObject({ status: 200, body: { ...person, workspace_id: null } });
        expect(await ask('/users/me', { token })).toMatchObject({ status: 200, body: person });
        expect(await ask('/auth/me', { token })).toEqual(expect.objectContaining({ body: claimsIn(token) }));
      });
    });

    describe('a refresh token', () => {
      it(`sent ${parallel} times at once has one successor, and all get it`, async () => {
        const { refresh_token: token, access_token: access } = await signIn();
        const answers = await Promise.all(Array.from({ length: parallel }, () => refresh(token)));
        expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
        const successors = new Set(answers.map(({ body }) => claimsIn(body.refresh_token).jti));
        expect(successors.size).toBe(1);
        expect(claimsIn(answers[0]?.body.access_token).sid).toBe(claimsIn(access).sid);
        expect(answers[0]?.body).toMatchObject({ status: 'refreshed', user: { id: `user:${user.body.uid}` } });
      });

      it('sent again by somebody else ends the session, leaves its event, and its tokens stop', async () => {
        const { refresh_token: token, access_token: access } = await signIn();
        const next = (await refresh(token)).body;
        expect(await refresh(token, { 'user-agent': 'a thief' })).toMatchObject({
          status: 401,
          body: { code: 'refresh_token_reused' },
        });
        expect([await statusOf(access), await statusOf(next.access_token)]).toEqual([401, 401]);
        expect((await refresh(next.refresh_token)).status).toBe(401);
        const { sid } = claimsIn(access);
        const { body } = await call(evident, `/audit/events?subject=session:${sid}`, { token: administrator });
        expect(body.events.map(({ type }: Body) => type)).toEqual([
          'session.opened',
          'session.refreshed',
          'session.reuse-detected',
          'session.revoked',
        ]);
      });

      it('is no access token, and the other way round', async () => {
        const { refresh_token: token, access_token: access } = await signIn();
        expect([await statusOf(token), (await refresh(access)).status]).toEqual([401, 401]);
      });
    });

    describe('the tokens of a session', () => {
      it.each(Object.entries(endings))('stop with the next request after %s', async (_what, end) => {
        const who = await createUser(evident, administrator);
        const session = await signIn(who);
        expect(await statusOf(session.access_token)).toBe(200);
        expect((await end(session, who)).status).toBeLessThan(500);
        expect(await statusOf(session.access_token)).toBe(401);
        expect((await refresh(session.refresh_token)).status).toBe(401);
        const verified = await ask('/auth/verify-token', { json: { token: session.access_token } });
        expect(verified.status).toBe(401);
      });

      it.skipIf(alone !== '')(`stop within a second at another gateway${alone}`, async () => {
        const port = await freePort();
        const other = { url: `http://127.0.0.1:${port}` };
        const gateway = await startService('gateway', {
          NATS_URL: shape.natsUrl ?? '',
          PORT: String(port),
          PUBLIC_URL: evident.url.replace('127.0.0.1', 'localhost'),
          RATE_LIMIT: 'off',
        }).ready;
        for (const [what, end] of Object.entries(endings)) {
          const who = await createUser(evident, administrator);
          const session = await signIn(who);
          expect([what, await statusOf(session.access_token, other)]).toEqual([what, 200]);
          await end(session, who);
          const wanted = { what: `the end of the tokens by ${what}, elsewhere`, withinMs: 1_000 };
          await until(async () => ((await statusOf(session.access_token, other)) === 401 ? true : undefined), wanted);
        }
        await gateway.stop();
      });
    });

    describe('one’s sessions', () => {
      it('are listed, read and ended, each by itself', async () => {
        const who = await createUser(evident, administrator);
        const [here, there] = [await signIn(who), await signIn(who)];
        const token = here.access_token;
        const listed = (await ask('/sessions', { token })).body;
        expect(listed).toMatchObject({ total: 2, offset: 0, limit: 10 });
        const own = { user_id: `user:${who.body.uid}`, is_active: true, user_agent: 'browser', aud: 'your-app' };
        expect(listed.items).toEqual([expect.objectContaining(own), expect.objectContaining(own)]);
        const { sid } = claimsIn(there.access_token);
        expect(await ask(`/sessions/${sid}`, { token })).toMatchObject({ status: 200, body: { uid: sid, ...own } });
        expect(await ask(`/sessions/session:${sid}`, { method: 'DELETE', token })).toMatchObject({
          status: 200,
          body: { id: `session:${sid}`, is_active: false },
        });
        expect((await ask('/sessions', { token })).body).toMatchObject({ total: 1 });
        expect((await ask(`/sessions/${sid}`, { token })).body).toMatchObject({ is_active: false });
        expect([await statusOf(token), await statusOf(there.access_token)]).toEqual([200, 401]);
      });

      it('are nobody else’s to see or end, save with the scope for it', async () => {
        const [one, other] = [await signIn(await createUser(evident, administrator)), await signIn()];
        const { sid, sub } = claimsIn(other.access_token);
        const token = one.access_token;
        for (const method of ['GET', 'DELETE']) {
          expect((await ask(`/sessions/${sid}`, { method, token })).status).toBe(404);
        }
        for (const method of ['GET', 'DELETE']) {
          expect(await ask(`/sessions?user_id=${sub}`, { method, token })).toMatchObject({
            status: 403,
            body: { missing: `${method === 'GET' ? 'read' : 'delete'}:sso/session` },
          });
        }
        expect((await ask(`/sessions?user_id=${sub}`, { token: administrator })).body.total).toBeGreaterThan(0);
        const ended = await ask(`/sessions/${sid}`, { method: 'DELETE', token: administrator });
        expect([ended.status, await statusOf(other.access_token)]).toEqual([200, 401]);
      });
    });

    describe('a token made for another app', () => {
      it('gets /me and nothing else of ours, and a refresh keeps its audience', async () => {
        const session = await signIn(user, { audience: 'reports' });
        const next = (await refresh(session.refresh_token)).body;
        for (const token of [session.access_token, next.access_token]) {
          expect(claimsIn(token).aud).toBe('reports');
          expect(await ask('/me', { token })).toMatchObject({ status: 200, body: { uid: user.body.uid } });
          for (const path of ['/users/me', '/auth/me', '/sessions', '/users']) {
            expect([path, (await ask(path, { token })).status]).toEqual([path, 403]);
          }
        }
      });

      it('is made only for an audience that the tenant allows', async () => {
        const json = { identifier: user.username, secret: user.password, audience: 'anything' };
        expect((await ask('/auth/login', { json })).status).toBe(422);
      });
    });

    describe('cookies', () => {
      const cookiesOf = async () => {
        const { headers } = await ask('/auth/login', { json: { identifier: user.username, secret: user.password } });
        return headers
          .getSetCookie()
          .map((line) => line.split(';')[0])
          .join('; ');
      };

      it('count for pages of this server: to read, to refresh and to sign out', async () => {
        const cookie = await cookiesOf();
        const headers = { cookie, 'sec-fetch-site': 'same-origin' };
        expect((await ask('/me', { headers })).status).toBe(200);
        const refreshed = await ask('/auth/refresh', { headers });
        expect(refreshed.status).toBe(200);
        expect(refreshed.headers.getSetCookie()).toHaveLength(2);
        expect((await ask('/auth/logout', { method: 'POST', headers })).status).toBe(200);
        expect((await ask('/me', { headers })).status).toBe(401);
      });

      it('of a foreign origin count for nothing', async () => {
        const cookie = await cookiesOf();
        for (const foreign of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
          const headers = { cookie, ...foreign };
          for (const [method, path] of [
            ['GET', '/me'],
            ['GET', '/auth/refresh'],
            ['POST', '/auth/refresh'],
            ['GET', '/auth/logout'],
            ['POST', '/auth/logout'],
            ['DELETE', '/sessions'],
          ] as const) {
            expect([method, path, (await ask(path, { method, headers })).status]).toEqual([method, path, 403]);
          }
        }
        const own = { cookie, 'sec-fetch-site': 'same-origin' };
        expect((await ask('/me', { headers: own })).status).toBe(200);
      });
    });

    describe('signing keys', () => {
      it('are seen and rotated by who operates the service, and every token stays good', async () => {
        const { access_token: token } = await signIn();
        expect((await call(evident, '/ops/signing-keys', { token })).status).toBe(403);
        const rotated = await call(evident, '/ops/signing-keys/rotate', { method: 'POST', token: administrator });
        expect(rotated.status).toBe(200);
        expect(rotated.body.map(({ use, state }: Body) => `${use} ${state}`).toSorted()).toEqual([
          'access active',
          'access published',
          'refresh active',
          'refresh published',
        ]);
        const { body: jwks } = await call(evident, '/.well-known/jwks.json');
        const kids = rotated.body.map(({ kid }: Body) => kid);
        expect(jwks.keys.map(({ kid }: Body) => kid).toSorted()).toEqual(kids.toSorted());
        const listed = await call(evident, '/ops/signing-keys', { token: administrator });
        expect(listed.body).toEqual(rotated.body);
        expect(await statusOf(token)).toBe(200);
        expect(await statusOf((await signIn()).access_token)).toBe(200);
      });
    });
  });
}

function headOf(token: string): Body {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}
