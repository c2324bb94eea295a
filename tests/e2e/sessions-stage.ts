import type { Deployment } from '@evident/testing';
import { beforeAll } from 'vitest';
import { administered } from './administered.ts';
import { type Body, type Call, call } from './http.ts';
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
  const stage = administered(shape, { ARGON2_MEMORY_KIB: '1024', ALLOWED_AUDIENCES: 'reports' });
  let user: NewUser;
  beforeAll(async () => {
    user = await createUser(stage.evident, stage.token);
  });

  const ask = (path: string, options: Call = {}, at: Pick<Deployment, 'url'> = stage.evident) =>
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
      return stage.evident;
    },
    get administrator() {
      return stage.token;
    },
    get user() {
      return user;
    },
    ...{ ask, signIn, refresh, statusOf },
  };
}
