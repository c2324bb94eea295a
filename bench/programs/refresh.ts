import { closedLoop } from '../load/closed-loop.ts';
import { keepAliveClient } from '../load/keep-alive.ts';
import { postJson } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { echoLimit, echoPerSecond } from '../servers/echo.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';

const path = '/api/sso/v1/auth/refresh';
const server = furnished(standalone());

interface Sessions {
  /** The newest refresh token of each session that nobody refreshes at the moment. */
  readonly idle: string[];
  readonly client: ReturnType<typeof keepAliveClient>;
}

const sessions: Resource<Sessions> = async ({ use, option }) => {
  const { url, users } = await use(server);
  const client = keepAliveClient(url, option('callers', 32));
  const idle: string[] = [];
  for (const { username: identifier, password: secret } of users) {
    idle.push((await ask(url, '/api/sso/v1/auth/login', { json: { identifier, secret } })).refresh_token);
  }
  return { value: { idle, client }, close: client.close };
};

/** Each refresh needs what the one before it answered, so this process asks itself; it is another one than the server. */
export const refresh: Program = {
  name: 'refresh',
  measures: 'POST /api/sso/v1/auth/refresh with rotation: one durable event and two signatures each',
  unit: 'per second',
  limit: echoLimit,
  budget: [],
  async run(round) {
    const { idle, client } = await round.use(sessions);
    const limit = await echoPerSecond(round);
    const { perSecond, p50, p99 } = await closedLoop(round.seconds, round.option('callers', 32), async () => {
      const token = idle.shift();
      if (token === undefined) throw new Error('fewer sessions than callers');
      const { status, text } = await client.send(postJson(path, { refresh_token: token }));
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
      idle.push(JSON.parse(text).refresh_token);
    });
    return { figure: perSecond, limit, also: { 'p50, ms': p50, 'p99, ms': p99 } };
  },
};
