import { startDeployment, startNatsServer } from '@evident/testing';
import type { Shape } from './shape.ts';

const nats = await startNatsServer();

export const split: Shape = {
  name: 'four processes over nats-server',
  missing: 'missing' in nats ? nats.missing : undefined,
  ...('url' in nats ? { natsUrl: nats.url } : {}),
  start: (env = {}) => startDeployment({ shape: 'split', env: { ...env, NATS_URL: 'url' in nats ? nats.url : '' } }),
  async stopServers() {
    if ('url' in nats) await nats.stop();
  },
};
