import { argon2Limit, bareArgon2, besideArgon2, hashingConnections } from '../limits/argon2.ts';
import { load } from '../load/load.ts';
import { postJson } from '../load/plan.ts';
import type { Program } from '../program.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';

const server = furnished(standalone({ VERIFY_MEMO: 'off' }));

export const signIn: Program = {
  name: 'sign-in',
  measures: 'POST /api/sso/v1/auth/login, saturated: a hash, the judged attempt, the session and its two tokens',
  unit: 'per second',
  limit: argon2Limit,
  budget: [{ of: 'p99 / p50', most: 3, isAim: true }],
  seconds: 5,
  async run(round) {
    const { url, users, deployment } = await round.use(server);
    const requests = users.map(({ username, password }) =>
      postJson('/api/sso/v1/auth/login', { identifier: username, secret: password }),
    );
    const bare = await bareArgon2(round);
    const loaded = await load({
      url,
      seconds: round.seconds,
      connections: hashingConnections,
      server: deployment.process.pid,
      requests,
    });
    return { figure: loaded.perSecond, limit: bare.perSecond, also: besideArgon2(loaded, bare) };
  },
};
