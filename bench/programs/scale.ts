import { closedLoop } from '../load/closed-loop.ts';
import { keepAliveClient } from '../load/keep-alive.ts';
import { type PlannedRequest, postJson } from '../load/plan.ts';
import type { Program, Resource, Round } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { type OnHistory, onHistory } from '../servers/on-history.ts';
import { residentMib } from '../servers/resident-memory.ts';

const few = 1_000;
const small = onHistory(() => few);
const large = onHistory((option) => option('users', 10_000));

const names = [
  'POST /verify',
  'GET /users/{id}',
  'GET /apps/{id}/users',
  'GET /api/sso/v1/me',
  'POST /apikeys/verify',
  'POST /apps/',
] as const;
type PathName = (typeof names)[number];

/** What is asked of both: each names a request about any of its users. */
type Paths = Readonly<Record<PathName, () => PlannedRequest>>;

const beside = (name: PathName) => `${name}: beside 1,000 users`;

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

/**
 * `--set users=100000`, `1000000`: the history is made first and kept. Rows are in the kernel's memory before each round, as
 * where a server is in use; `--set warm=0` leaves them on the disk.
 */
export const scale: Program = {
  name: 'scale',
  measures: 'p50 of POST /verify with many users (--set users=), hashed each time, one caller; and of each other path',
  unit: 'ms',
  limit: `the same with ${few} users`,
  budget: names.map((name) => ({ of: beside(name), most: 1.3 })),
  seconds: 2,
  async run(round) {
    const { use, option } = round;
    const found: Record<string, number> = {};
    const [smallServer, largeServer] = [await use(small), await use(large)];
    const [onSmall, onLarge] = [await use(smallPaths), await use(largePaths)];
    if (option('warm', 1) === 1) await largeServer.warm();
    // Path by path one after the other, so that a machine that wanders is the same for both.
    let [figure, limit] = [Number.NaN, Number.NaN];
    for (const name of names) {
      const ofFew = await median(round, smallServer, onSmall[name]);
      const ofMany = await median(round, largeServer, onLarge[name]);
      if (name === 'POST /verify') [figure, limit] = [ofMany, ofFew];
      found[`${name}: p50, ms`] = ofMany;
      found[beside(name)] = ofMany / ofFew;
    }
    const memory = ({ deployment }: OnHistory) => residentMib(deployment.process.pid);
    const more = Math.max(1, largeServer.history.users - few);
    return {
      figure,
      limit,
      also: {
        ...found,
        'resident, MiB': memory(largeServer),
        'resident with 1,000 users, MiB': memory(smallServer),
        'MiB for each further million users': ((memory(largeServer) - memory(smallServer)) * 1_000_000) / more,
      },
    };
  },
};

async function median({ seconds }: Round, { deployment }: OnHistory, planned: () => PlannedRequest): Promise<number> {
  const client = keepAliveClient(deployment.url, 1);
  const { p50 } = await closedLoop(seconds, 1, async () => {
    const request = planned();
    const { status, text } = await client.send(request);
    if (status >= 300 || status === 0) throw new Error(`${request.method} ${request.path}: ${status} ${text}`);
  });
  client.close();
  return p50;
}
