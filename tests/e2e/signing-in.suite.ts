import { describe, expect, it } from 'vitest';
import { type Body, call, claimsIn } from './http.ts';
import { uniqueName } from './objects.ts';
import type { SessionsStage } from './sessions-stage.ts';

/** What somebody is given who signs in, and where it counts. */
export function signingInSuite(stage: SessionsStage): void {
  const { ask, signIn, refresh } = stage;

  describe('signing in', () => {
    it('by name or address gives tokens that the published keys belong to, and who it is', async () => {
      const { body: jwks } = await call(stage.evident, '/.well-known/jwks.json');
      const kids = jwks.keys.map(({ kid }: Body) => kid);
      for (const identifier of [stage.user.username, stage.user.email]) {
        const session = await signIn({ ...stage.user, username: identifier });
        expect(session).toMatchObject({ status: 'completed', token_type: 'Bearer', expires_in: 3600 });
        expect(session.user).toMatchObject({
          id: `user:${stage.user.body.uid}`,
          uid: stage.user.body.uid,
          is_active: true,
        });
        for (const token of [session.access_token, session.refresh_token]) expect(kids).toContain(headOf(token).kid);
        expect(claimsIn(session.access_token)).toMatchObject({ aud: 'your-app', sub: `user:${stage.user.body.uid}` });
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
      const person = { id: `user:${stage.user.body.uid}`, uid: stage.user.body.uid, tenant_id: 'main' };
      expect(await ask('/me', { token })).toMatchObject({ status: 200, body: { ...person, workspace_id: null } });
      expect(await ask('/users/me', { token })).toMatchObject({ status: 200, body: person });
      expect(await ask('/auth/me', { token })).toEqual(expect.objectContaining({ body: claimsIn(token) }));
    });
  });

  describe('a token made for another app', () => {
    it('gets /me and nothing else of ours, and a refresh keeps its audience', async () => {
      const session = await signIn(stage.user, { audience: 'reports' });
      const next = (await refresh(session.refresh_token)).body;
      for (const token of [session.access_token, next.access_token]) {
        expect(claimsIn(token).aud).toBe('reports');
        expect(await ask('/me', { token })).toMatchObject({ status: 200, body: { uid: stage.user.body.uid } });
        for (const path of ['/users/me', '/auth/me', '/sessions', '/users']) {
          expect([path, (await ask(path, { token })).status]).toEqual([path, 403]);
        }
      }
    });

    it('is made only for an audience that the tenant allows', async () => {
      const json = { identifier: stage.user.username, secret: stage.user.password, audience: 'anything' };
      expect((await ask('/auth/login', { json })).status).toBe(422);
    });
  });

  describe('cookies', () => {
    const cookiesOf = async () => {
      const { headers } = await ask('/auth/login', {
        json: { identifier: stage.user.username, secret: stage.user.password },
      });
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
}

function headOf(token: string): Body {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}
