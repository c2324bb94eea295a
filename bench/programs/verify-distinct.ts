import { argon2Limit, bareArgon2, besideArgon2, hashingConnections } from '../limits/argon2.ts';
import { load } from '../load/load.ts';
import type { Program } from '../program.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';
import { verifyRequests } from '../servers/verify-requests.ts';

/** Without the memo each password is hashed, as are distinct ones. */
const server = furnished(standalone({ VERIFY_MEMO: 'off' }));

export const verifyDistinct: Program = {
  name: 'verify-distinct',
  measures: 'POST /verify, saturated, each password hashed: argon2id m=19456 t=2 p=1',
  unit: 'per second',
  limit: argon2Limit,
  budget: [
    { of: 'ratio', least: 0.9 },
    { of: 'ratio', least: 0.95, isAim: true },
    { of: 'p99 / p50', most: 3, isAim: true },
  ],
  seconds: 5,
  async run(round) {
    const evident = await round.use(server);
    const requests = verifyRequests(evident);
    const bare = await bareArgon2(round);
    const loaded = await load({
      url: evident.url,
      seconds: round.seconds,
      connections: hashingConnections,
      server: evident.deployment.process.pid,
      requests,
    });
    return { figure: loaded.perSecond, limit: bare.perSecond, also: besideArgon2(loaded, bare) };
  },
};
