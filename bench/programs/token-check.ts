import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { askBesideEcho, askServer, echoLimit } from '../servers/echo.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';

const server = furnished(standalone());

/** One access token for each of some users. */
const tokens: Resource<readonly string[]> = async ({ use }) => {
  const { url, users } = await use(server);
  const value: string[] = [];
  for (const { username: identifier, password: secret } of users.slice(0, 50)) {
    const { access_token } = await ask(url, '/api/sso/v1/auth/login', { json: { identifier, secret } });
    value.push(access_token);
  }
  return { value, close: () => undefined };
};

export const tokenCheck: Program = {
  name: 'token-check',
  measures: 'GET /api/sso/v1/me with access tokens seen before',
  unit: 'per second',
  limit: echoLimit,
  budget: [
    { of: 'ratio', least: 0.35 },
    { of: 'ratio', least: 0.4, isAim: true },
    { of: 'p99 / p50', most: 3, isAim: true },
  ],
  async run(round) {
    const asked = await round.use(tokens);
    const requests = (path: string) =>
      asked.map((token) => ({ method: 'GET' as const, path, headers: { authorization: `Bearer ${token}` } }));
    const sample = await askBesideEcho(round, server, requests('/api/sso/v1/me'));
    const { perSecond } = await askServer(round, server, requests('/api/sso/v1/auth/me'));
    return { ...sample, also: { ...sample.also, '/auth/me, without a hop, per second': perSecond } };
  },
};
