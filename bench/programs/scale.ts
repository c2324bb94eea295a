import { closedLoop } from '../load/closed-loop.ts';
import { keepAliveClient } from '../load/keep-alive.ts';
import { type PlannedRequest, postJson } from '../load/load.ts';
import type { Program, Resource, Round } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { type OnHistory, onHistory } from '../servers/on-history.ts';
import { residentMib } from '../servers/resident-memory.ts';

const few = 1_000;
const small = onHistory(() => few);
const large = onHistory((option) => option('users', 10_000));

/** What is asked of both: each names a request about any of its users. */
type Paths = Readonly<Record<string, () => PlannedRequest>>;

const pathsOn = (server: Resource<OnHistory>): Resource<Paths> => {
  return async ({ use }) => {
    const { history, deployment } = await use(server);
    const { url } = deployment;
    const { access_token: token } = await ask(url, '/token', { form: history.administrator });
    const { key } = await ask(url, '/api/sso/v1/apikeys', { token, json: { name: 'scale' } });
    const anyUser = () => history.user(1 + Math.floor(Math.random() * history.users));
    const { password, apiKeys } = history;
    const bearer = { authorization: `Bearer ${token}` };
    const get = (path: string): PlannedRequest => ({ method: 'GET', path, headers: bearer });
    let added = 0;
    const value: Paths = {
      'POST /verify': () => {
        const { username, apps } = anyUser();
        return postJson('/verify', { username, password, api_key: apiKeys[(apps[0] ?? 1) - 1] });
      },
      'GET /users/{id}': () => get(`/users/${anyUser().number}`),
      'GET /apps/{id}/users': () => get(`/apps/${1 + Math.floor(Math.random() * history.apps)}/users?limit=10`),
      'GET /api/sso/v1/me': () => get('/api/sso/v1/me'),
      'POST /apikeys/verify': () => postJson('/api/sso/v1/apikeys/verify', { api_key: key }),
      'POST /apps/': () => postJson('/apps/', { name: `Scale ${added++}`, url: 'https://scale.example.com' }, bearer),
    };
    return { value, close: () => undefined };
  };
};
const smallPaths = pathsOn(small);
const largePaths = pathsOn(large);

/** `--set users=100000`, `1000000`: the history is made first and kept. */
export const scale: Program = {
  name: 'scale',
  measures: 'p50 of POST /verify with many users (--set users=), hashed each time, one caller; and of each other path',
  unit: 'ms',
  limit: `the same with ${few} users`,
  budget: [{ of: 'greatest of all paths, beside 1,000 users', most: 1.3 }],
  seconds: 1,
  async run(round) {
    const [a, b] = [await medians(round, small, smallPaths), await medians(round, large, largePaths)];
    const names = Object.keys(a);
    const shares = names.map((name) => (b[name] ?? 0) / (a[name] ?? 0));
    const [first = ''] = names;
    const [smallServer, largeServer] = [await round.use(small), await round.use(large)];
    const memory = ({ deployment }: OnHistory) => residentMib(deployment.process.pid);
    const more = Math.max(1, largeServer.history.users - few);
    return {
      figure: b[first] ?? Number.NaN,
      limit: a[first] ?? Number.NaN,
      also: {
        ...Object.fromEntries(names.map((name) => [`${name}: p50, ms`, b[name] ?? 0])),
        ...Object.fromEntries(names.map((name, index) => [`${name}: beside 1,000 users`, shares[index] ?? 0])),
        'greatest of all paths, beside 1,000 users': Math.max(...shares),
        'resident, MiB': memory(largeServer),
        'resident with 1,000 users, MiB': memory(smallServer),
        'MiB for each further million users': ((memory(largeServer) - memory(smallServer)) * 1_000_000) / more,
      },
    };
  },
};

async function medians({ use, seconds }: Round, server: Resource<OnHistory>, pathsOf: Resource<Paths>) {
  const paths = await use(pathsOf);
  const { deployment } = await use(server);
  const client = keepAliveClient(deployment.url, 1);
  const found: Record<string, number> = {};
  for (const [name, planned] of Object.entries(paths)) {
    const { p50 } = await closedLoop(seconds, 1, async () => {
      const { status, text } = await client.send(planned());
      if (status >= 300 || status === 0) throw new Error(`${name}: ${status} ${text}`);
    });
    found[name] = p50;
  }
  client.close();
  return found;
}
