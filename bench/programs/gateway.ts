import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { load } from '../load/load.ts';
import { postJson } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { echoLimit, echoPerSecond, httpConnections } from '../servers/echo.ts';

interface Gateway {
  readonly port: number;
  readonly token: string;
}

/** In front of services that answer at once, so that what is measured is HTTP alone. */
const gatewayAlone: Resource<Gateway> = async ({ serverEnv }) => {
  const file = join(import.meta.dirname, '../servers/gateway-server.ts');
  const child = fork(file, [], { env: { ...process.env, ...serverEnv } });
  const [value] = (await once(child, 'message')) as [Gateway];
  return {
    value,
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
};

export const gateway: Program = {
  name: 'gateway',
  measures: 'POST /verify of the gateway alone: its services answer at once',
  unit: 'per second',
  limit: echoLimit,
  budget: [],
  async run(round) {
    const { port, token } = await round.use(gatewayAlone);
    const url = `http://127.0.0.1:${port}`;
    const plan = { url, seconds: round.seconds, connections: httpConnections };
    const verify = postJson('/verify', { username: 'jdoe', password: 'secretpassword', api_key: 'k'.repeat(43) });
    const get = (path: string) => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } }) as const;
    const limit = await echoPerSecond(round);
    const verified = await load({ ...plan, requests: [verify] });
    const user = await load({ ...plan, requests: [get('/users/5')] });
    const health = await load({ ...plan, requests: [get('/health')] });
    return {
      figure: verified.perSecond,
      limit,
      also: { 'GET /users/{id}, per second': user.perSecond, 'GET /health, per second': health.perSecond },
    };
  },
};
