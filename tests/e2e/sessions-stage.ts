import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll } from 'vitest';
import { adminToken, type Body, type Call, call } from './http.ts';
import { createUser, type NewUser } from './objects.ts';
import type { Shape } from './shape.ts';

const base = '/api/sso/v1';
const browser = { 'user-agent': 'browser' };

export type SessionsStage = ReturnType<typeof sessionsStage>;

/**
 * The deployment that the suites of sessions share, with somebody who signs in there. Started before the first test of the
 * `describe` that it stands in, and removed after the last.
 */
export function sessionsStage(shape: Shape) {
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

  return {
    shape,
    get evident() {
      return evident;
    },
    get administrator() {
      return administrator;
    },
    get user() {
      return user;
    },
    ...{ ask, signIn, refresh, statusOf },
  };
}
