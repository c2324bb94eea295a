import type { PlannedRequest } from '../load/plan.ts';
import type { Program, Resource } from '../program.ts';
import { ask } from '../servers/ask.ts';
import { askBesideEcho, echoLimit } from '../servers/echo.ts';
import { furnished } from '../servers/furnished.ts';
import { standalone } from '../servers/standalone.ts';
import { verifyRequests } from '../servers/verify-requests.ts';

const server = furnished(standalone());

/** Each password is proven once before the rounds begin. */
const proven: Resource<readonly PlannedRequest[]> = async ({ use }) => {
  const evident = await use(server);
  const value = verifyRequests(evident);
  for (const { path, body } of value) await ask(evident.url, path, { json: JSON.parse(body ?? '') });
  return { value, close: () => undefined };
};

export const verifyRepeated: Program = {
  name: 'verify-repeated',
  measures: 'POST /verify with passwords proven before: one durable event each, no hash',
  unit: 'per second',
  limit: echoLimit,
  budget: [
    { of: 'ratio', least: 0.25 },
    { of: 'ratio', least: 0.4, isAim: true },
    { of: 'p99 / p50', most: 3, isAim: true },
  ],
  async run(round) {
    return askBesideEcho(round, server, await round.use(proven));
  },
};
