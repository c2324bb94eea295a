import { freePort, startService, until } from '@evident/testing';
import { describe, expect, it } from 'vitest';
import { type Answer, type Body, call, claimsIn } from './http.ts';
import { createUser, type NewUser } from './objects.ts';
import type { SessionsStage } from './sessions-stage.ts';
import { withoutOtherGateways } from './shape.ts';

const parallel = Number(process.env.PARALLEL_REFRESHES ?? 100);

/** How the tokens of a session are renewed and come to their end, and the keys that sign them. */
export function sessionTokensSuite(stage: SessionsStage): void {
  const { shape, ask, signIn, refresh, statusOf } = stage;
  const alone = withoutOtherGateways(shape);

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
      call(stage.evident, `/users/${body.id}`, {
        method: 'PUT',
        token: stage.administrator,
        json: { password: 'another password of a spec 2' },
      }),
    'being disabled': (_session, { body }) =>
      call(stage.evident, `/users/${body.id}`, {
        method: 'PUT',
        token: stage.administrator,
        json: { is_active: false },
      }),
    'being removed': (_session, { body }) =>
      call(stage.evident, `/users/${body.id}`, { method: 'DELETE', token: stage.administrator }),
  };

  describe('a refresh token', () => {
    it(`sent ${parallel} times at once has one successor, and all get it`, async () => {
      const { refresh_token: token, access_token: access } = await signIn();
      const answers = await Promise.all(Array.from({ length: parallel }, () => refresh(token)));
      expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      const successors = new Set(answers.map(({ body }) => claimsIn(body.refresh_token).jti));
      expect(successors.size).toBe(1);
      expect(claimsIn(answers[0]?.body.access_token).sid).toBe(claimsIn(access).sid);
      expect(answers[0]?.body).toMatchObject({ status: 'refreshed', user: { id: `user:${stage.user.body.uid}` } });
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
      const { body } = await call(stage.evident, `/audit/events?subject=session:${sid}`, {
        token: stage.administrator,
      });
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
      const who = await createUser(stage.evident, stage.administrator);
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
        PUBLIC_URL: stage.evident.url.replace('127.0.0.1', 'localhost'),
        RATE_LIMIT: 'off',
      }).ready;
      for (const [what, end] of Object.entries(endings)) {
        const who = await createUser(stage.evident, stage.administrator);
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
      const who = await createUser(stage.evident, stage.administrator);
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
      const [one, other] = [await signIn(await createUser(stage.evident, stage.administrator)), await signIn()];
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
      expect((await ask(`/sessions?user_id=${sub}`, { token: stage.administrator })).body.total).toBeGreaterThan(0);
      const ended = await ask(`/sessions/${sid}`, { method: 'DELETE', token: stage.administrator });
      expect([ended.status, await statusOf(other.access_token)]).toEqual([200, 401]);
    });
  });

  describe('signing keys', () => {
    it('are seen and rotated by who operates the service, and every token stays good', async () => {
      const { access_token: token } = await signIn();
      expect((await call(stage.evident, '/ops/signing-keys', { token })).status).toBe(403);
      const rotated = await call(stage.evident, '/ops/signing-keys/rotate', {
        method: 'POST',
        token: stage.administrator,
      });
      expect(rotated.status).toBe(200);
      expect(rotated.body.map(({ use, state }: Body) => `${use} ${state}`).toSorted()).toEqual([
        'access active',
        'access published',
        'refresh active',
        'refresh published',
      ]);
      const { body: jwks } = await call(stage.evident, '/.well-known/jwks.json');
      const kids = rotated.body.map(({ kid }: Body) => kid);
      expect(jwks.keys.map(({ kid }: Body) => kid).toSorted()).toEqual(kids.toSorted());
      const listed = await call(stage.evident, '/ops/signing-keys', { token: stage.administrator });
      expect(listed.body).toEqual(rotated.body);
      expect(await statusOf(token)).toBe(200);
      expect(await statusOf((await signIn()).access_token)).toBe(200);
    });
  });
}
