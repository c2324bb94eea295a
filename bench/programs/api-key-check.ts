import { load, postJson } from '../load/load.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { askEcho, besideEcho, echoLimit, httpConnections } from '../servers/echo.ts';
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
  ],
  async run(round) {
    const { url, deployment } = await round.use(server);
    const asked = await round.use(keys);
    const plan = { url, seconds: round.seconds, connections: httpConnections, server: deployment.process.pid };
    const echo = await askEcho(round);
    const verified = asked.map((key) => postJson('/api/sso/v1/apikeys/verify', { api_key: key }));
    const loaded = await load({ ...plan, requests: verified });
    const own = asked.map((key) => ({ method: 'GET' as const, path: '/api/sso/v1/me', headers: { 'x-api-key': key } }));
    const me = await load({ ...plan, requests: own });
    return {
      figure: loaded.perSecond,
      limit: echo.perSecond,
      also: { ...besideEcho(loaded, echo), '/me with the key, per second': me.perSecond },
    };
  },
};
