import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findSignIn } from '@evident/contracts';
import { Handles, MessageHandlers, type RequestClient } from '@evident/transport';
import { InProcessStrategy, InProcessTransport } from '@evident/transport/in-process';
import { connectNats, NatsClient } from '@evident/transport/nats';
import { NestFactory } from '@nestjs/core';
import { ClientNats } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import { closedLoop } from '../load/closed-loop.ts';
import type { Program, Resource, Site } from '../program.ts';
import { answeringModule } from '../servers/bench-controllers.ts';
import { benchContext, found, nestSubject, query } from '../servers/bench-messages.ts';
import { natsServer } from '../servers/nats.ts';

const inFlight = 64;
type Ask = () => Promise<unknown>;

const asking =
  (client: RequestClient): Ask =>
  async () => {
    const reply = await client.request(findSignIn, query, benchContext());
    if (!reply.ok) throw new Error(reply.error.code);
  };

const inProcess: Resource<Ask> = async () => {
  const transport = new InProcessTransport();
  transport.serve(new MessageHandlers().add(findSignIn, () => found));
  return { value: asking(transport), close: () => undefined };
};

const throughController: Resource<Ask> = async () => {
  const transport = new InProcessTransport();
  const strategy = new InProcessStrategy(transport);
  const app = await NestFactory.createMicroservice(answeringModule(Handles(findSignIn)), { strategy, logger: false });
  await app.listen();
  return { value: asking(transport), close: () => app.close() };
};

const overNats: Resource<Ask> = async (site) => {
  const { url, close } = await responder(site, 'ours');
  const link = await connectNats({ servers: [url], service: 'bench-client' });
  const end = async () => {
    await link.close();
    await close();
  };
  return { value: asking(new NatsClient(link)), close: end };
};

const byNest: Resource<Ask> = async (site) => {
  const { url, close } = await responder(site, 'nest');
  const client = new ClientNats({ servers: [url] });
  await client.connect();
  const ask = () => {
    const sent = client.send(nestSubject, { payload: query, context: benchContext() });
    return firstValueFrom(sent.pipe(timeout(5_000)));
  };
  const end = async () => {
    await client.close();
    await close();
  };
  return { value: ask, close: end };
};

/** What one request between two services costs. */
export const transport: Program = {
  name: 'transport',
  measures: `requests to another process over a real nats-server, ${inFlight} in flight`,
  unit: 'per second',
  limit: 'Nest’s own client and server on the same NATS',
  budget: [],
  isHere: true,
  async run({ seconds, use }) {
    const limit = await closedLoop(seconds, inFlight, await use(byNest));
    const nats = await closedLoop(seconds, inFlight, await use(overNats));
    const alone = await closedLoop(seconds, 1, await use(overNats));
    const plain = await closedLoop(seconds, 1, await use(inProcess));
    const nested = await closedLoop(seconds, 1, await use(throughController));
    return {
      figure: nats.perSecond,
      limit: limit.perSecond,
      also: {
        'NATS, of this process each, µs': nats.processorUs,
        'NATS, 1 in flight, p50, ms': alone.p50,
        'in process, µs': plain.processorUs,
        'in process, Nest controller, µs': nested.processorUs,
      },
    };
  },
};

async function responder({ use }: Site, kind: 'ours' | 'nest') {
  const { url } = await use(natsServer);
  const child = fork(join(import.meta.dirname, '../servers/nats-responder.ts'), [url, kind]);
  await once(child, 'message');
  const close = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { url, close };
}
