import { postJson } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { askBesideEcho, askServer, echoLimit } from '../servers/echo.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';

const server = furnished(standalone());

const keys: Resource<readonly string[]> = async ({ use }) => {
  const { url, token } = await use(server);
  const value: string[] = [];
  for (let made = 0; made < 50; made += 1) {
    const { key } = await ask(url, '/api/sso/v1/apikeys', { token, json: { name: `bench ${made}` } });
    value.push(key);
  }
  return { value, close: () => undefined };
};

export const apiKeyCheck: Program = {
  name: 'api-key-check',
  measures: 'POST /api/sso/v1/apikeys/verify, judged on the log each time',
  unit: 'per second',
  limit: echoLimit,
  budget: [
    { of: 'ratio', least: 0.35 },
    { of: 'ratio', least: 0.4, isAim: true },
    { of: 'p99 / p50', most: 3, isAim: true },
  ],
  async run(round) {
    const asked = await round.use(keys);
    const verified = asked.map((key) => postJson('/api/sso/v1/apikeys/verify', { api_key: key }));
    const sample = await askBesideEcho(round, server, verified);
    const own = asked.map((key) => ({ method: 'GET' as const, path: '/api/sso/v1/me', headers: { 'x-api-key': key } }));
    const { perSecond } = await askServer(round, server, own);
    return { ...sample, also: { ...sample.also, '/me with the key, per second': perSecond } };
  },
};
