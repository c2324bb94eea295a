import { randomUUID } from 'node:crypto';
import { changeApp, getApp, type RequestContext } from '@evident/contracts';
import { connectNats, NatsClient } from '@evident/transport/nats';
import { openLoop } from '../load/open-loop.ts';
import type { Program, Resource } from '../program.ts';
import { percentile } from '../runner/spread.ts';
import { ask } from '../servers/ask.ts';
import { split } from '../servers/split.ts';

const patienceMs = 10_000;
/** So many that two changes of one app are seldom at work at once. */
const apps = 500;

interface Asked {
  readonly client: NatsClient;
  /** Integer ids of the apps that are changed. */
  readonly numbers: readonly number[];
  context(minPosition?: string): RequestContext;
}

const four = split();

/** Who asks the services of a split deployment as its gateway does, but never waits for what was written. */
const asked: Resource<Asked> = async ({ use }) => {
  const { url, natsUrl, administrator } = await use(four);
  const { access_token: credential } = await ask(url, '/token', { form: administrator });
  const numbers: number[] = [];
  for (let number = 0; number < apps; number += 1) {
    const json = { name: `Bench ${number}`, url: 'https://bench.example.com' };
    numbers.push((await ask(url, '/apps/', { token: credential, json })).id);
  }
  const link = await connectNats({ servers: [natsUrl], service: 'bench' });
  const context = (minPosition?: string): RequestContext => ({
    ...{ tenant: 'main', credential, commandId: randomUUID(), correlationId: randomUUID() },
    deadline: Date.now() + patienceMs,
    ...(minPosition === undefined ? {} : { minPosition }),
  });
  return { value: { client: new NatsClient(link), numbers, context }, close: () => link.close() };
};

export const splitLag: Program = {
  name: 'split-lag',
  measures:
    'four processes over NATS, 500 commands a second (--set rate=): p99 from the acknowledgement of each to the answer of a query that demands it',
  unit: 'ms',
  limit: 'p99 of the same query at the same time, of any rows',
  budget: [{ of: 'figure', most: 20 }],
  async run({ use, seconds, option, number: round }) {
    const { client, numbers, context } = await use(asked);
    const question = async (id: number, position?: string) => {
      const began = performance.now();
      const reply = await client.request(getApp, { id }, context(position));
      if (!reply.ok) throw new Error(reply.error.code);
      return performance.now() - began;
    };
    const lags = await openLoop(seconds, option('rate', 500), async (turn) => {
      const id = numbers[turn % numbers.length] ?? 0;
      const began = performance.now();
      const changed = await client.request(changeApp, { id, name: `Bench ${round}.${turn}` }, context());
      if (!changed.ok || changed.position === undefined) throw new Error('a change was refused');
      const command = performance.now() - began;
      const [visible, plain] = await Promise.all([question(id, changed.position), question(id)]);
      return { command, visible, plain };
    });
    const at = (share: number, of: 'command' | 'visible' | 'plain') =>
      percentile(
        lags.map((each) => each[of]),
        share,
      );
    return {
      figure: at(0.99, 'visible'),
      limit: at(0.99, 'plain'),
      also: {
        'visible p50, ms': at(0.5, 'visible'),
        'any rows p50, ms': at(0.5, 'plain'),
        'command p50, ms': at(0.5, 'command'),
        'command p99, ms': at(0.99, 'command'),
      },
    };
  },
};
