import { type Deployment, serviceProcesses } from '@evident/testing';
import { inTurn, keepAliveClient } from '../load/keep-alive.ts';
import { openLoop } from '../load/open-loop.ts';
import { processorMs } from '../load/processor-time.ts';
import type { Program, Resource, Round } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { ask } from '../servers/ask.ts';
import { type Furnished, furnished } from '../servers/furnished.ts';
import { split } from '../servers/split.ts';
import { standalone } from '../servers/standalone.ts';
import { verifyRequests } from '../servers/verify-requests.ts';

const connections = 64;

/** Each password proven once, so that what follows costs no hash and all else shows. */
const proven =
  (server: Resource<Furnished>): Resource<Furnished> =>
  async ({ use }) => {
    const value = await use(server);
    for (const { path, body } of verifyRequests(value)) await ask(value.url, path, { json: JSON.parse(body ?? '') });
    return { value, close: () => undefined };
  };
const one = proven(furnished(standalone()));
const four = proven(furnished(split()));
const hashingOne = furnished(standalone({ VERIFY_MEMO: 'off' }));
const hashingFour = furnished(split({ VERIFY_MEMO: 'off' }));

/** A hash hides what the way to it costs, so the ratio is that of repeated passwords; the other is printed too. */
export const splitVsStandalone: Program = {
  name: 'split-vs-standalone',
  measures: 'processor time of the four services for one POST /verify of a proven password, at 200 a second',
  unit: 'ms of processor time',
  limit: 'standalone under the same load',
  budget: [
    { of: 'ratio', least: 0.5 },
    { of: 'added p50, ms', most: 2 },
  ],
  async run(round) {
    const rate = round.option('rate', 200);
    const hashingRate = round.option('hashing', 40);
    const [alone, together] = [await costOf(round, one, rate), await costOf(round, four, rate)];
    const hashed = [
      await costOf(round, hashingOne, hashingRate),
      await costOf(round, hashingFour, hashingRate),
    ] as const;
    return {
      figure: together.ms,
      limit: alone.ms,
      also: {
        'standalone p50, ms': alone.p50,
        'four processes p50, ms': together.p50,
        'added p50, ms': together.p50 - alone.p50,
        'hashed each time: four / standalone': hashed[1].ms / hashed[0].ms,
        'hashed each time: added p50, ms': hashed[1].p50 - hashed[0].p50,
      },
    };
  },
};

async function costOf({ use, seconds }: Round, server: Resource<Furnished>, rate: number) {
  const evident = await use(server);
  const request = inTurn(verifyRequests(evident));
  const client = keepAliveClient(evident.url, connections);
  const processes = processesOf(evident.deployment);
  const used = () => processes.reduce((sum, id) => sum + processorMs(id), 0);
  const before = used();
  const answers = await openLoop(seconds, rate, (turn) => client.send(request(turn)));
  const spent = used() - before;
  client.close();
  const refused = answers.filter(({ status }) => status !== 200).length;
  if (refused > answers.length / 100) throw new Error(`${refused} of ${answers.length} were refused`);
  const p50 = percentile(
    answers.map(({ ms }) => ms),
    0.5,
  );
  return { ms: spent / answers.length, p50 };
}

/** Of the four without their supervisor, which does nothing. */
function processesOf({ process: child }: Deployment): readonly number[] {
  const services = [...serviceProcesses(child.pid).values()];
  return services.length > 0 ? services : [child.pid ?? 0];
}
