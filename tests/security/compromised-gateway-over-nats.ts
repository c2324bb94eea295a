import type { Deployment } from '@evident/testing';
import { connectNats, NatsClient, type NatsLink } from '@evident/transport/nats';
import { afterAll, beforeAll, describe } from 'vitest';
import { Attacker } from './attacker.ts';
import { compromisedGatewaySuite } from './compromised-gateway.suite.ts';
import { type OpenedLog, openLogOf } from './opened-log.ts';

/** On the wire of a deployment, beside its gateway. */
export function compromisedGatewayOverNats(evident: () => Deployment, natsUrl: string): void {
  describe('a compromised gateway on the wire', () => {
    let link: NatsLink;
    let opened: OpenedLog;
    let attacker: Attacker;

    beforeAll(async () => {
      link = await connectNats({ servers: [natsUrl], service: 'gateway' });
      opened = await openLogOf(evident());
      attacker = new Attacker(new NatsClient(link), opened, evident().administrator);
    });
    afterAll(async () => {
      await link?.close();
      await opened?.close();
    });

    compromisedGatewaySuite(() => attacker);
  });
}
