import { argon2Limit, argon2PerSecond, hashingConnections } from '../limits/argon2.ts';
import { load, postJson } from '../load/load.ts';
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
    const { url, users } = await round.use(server);
    const requests = users.map(({ username, password }) =>
      postJson('/api/sso/v1/auth/login', { identifier: username, secret: password }),
    );
    const limit = await argon2PerSecond(round);
    const { perSecond, p50, p99 } = await load({
      url,
      seconds: round.seconds,
      connections: hashingConnections,
      requests,
    });
    return { figure: perSecond, limit, also: { 'p50, ms': p50, 'p99, ms': p99, 'p99 / p50': p99 / p50 } };
  },
};
