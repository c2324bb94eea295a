import { isMissing, startNatsServer } from '@evident/testing';
import { describe, it } from 'vitest';
import { type HarnessOptions, type TransportHarness, transportContract } from '../../contract/index.ts';
import { waitUntil } from '../../contract/wait-until.ts';
import { connectNats, NatsClient, type NatsLink, NatsResponder } from './index.ts';

/** A nats-server of its own for each case; the client and each instance have their own connection. */
async function openNats(options: HarnessOptions = {}): Promise<TransportHarness> {
  const server = await startNatsServer();
  if (isMissing(server)) throw new Error(server.missing);
  const links: NatsLink[] = [];
  const connect = async (service: string) => {
    const link = await connectNats({ servers: [server.url], service });
    links.push(link);
    return link;
  };
  const all = (status: string) => waitUntil(`all to be ${status}`, () => links.every((link) => link.status === status));
  return {
    client: new NatsClient(await connect('gateway'), options),
    async serve(handlers) {
      const responder = new NatsResponder(await connect('service'), { ...options, checkReplies: true });
      await responder.serve(handlers);
      return responder;
    },
    async breakWire() {
      await server.halt();
      await all('reconnecting');
    },
    async mendWire() {
      await server.restart();
      await all('connected');
    },
    async close() {
      await Promise.all(links.map((link) => link.close()));
      await server.stop();
    },
  };
}

const probe = await startNatsServer();

if (isMissing(probe)) {
  describe.skip(`contract=transport adapter=nats (${probe.missing})`, () => it('is run', () => {}));
} else {
  await probe.stop();
  transportContract('nats', openNats);
}
