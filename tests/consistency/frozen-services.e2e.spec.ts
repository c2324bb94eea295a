import { type StartedService, startDeployment, startNatsServer } from '@evident/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Shape } from '../e2e/shape.ts';
import { frozenProjectorSuite } from './frozen-projector.suite.ts';
import { frozenRegistrarSuite } from './frozen-registrar.suite.ts';
import { mutualDemotionSuite } from './mutual-demotion.suite.ts';
import { racingRegistrationsSuite } from './racing-registrations.suite.ts';
import { Stage } from './stage.ts';

const nats = await startNatsServer();
const natsUrl = 'url' in nats ? nats.url : '';
const split: Shape = {
  name: 'four processes',
  missing: 'missing' in nats ? nats.missing : undefined,
  start: (env = {}) => startDeployment({ shape: 'split', env: { ...env, NATS_URL: natsUrl } }),
  stopServers: async () => {
    if ('url' in nats) await nats.stop();
  },
};
const reason = split.missing === undefined ? '' : ` (skipped: ${split.missing})`;

describe.skipIf(split.missing !== undefined)(`four processes, and a second instance of one${reason}`, () => {
  const stage = new Stage(split);
  beforeAll(() => stage.start());
  afterAll(() => stage.remove());

  frozenRegistrarSuite(stage, () => natsUrl);
  frozenProjectorSuite(stage, () => natsUrl);

  describe('two instances of auth-command', () => {
    let second: StartedService;
    beforeAll(async () => {
      second = await stage.startBeside('auth-command', natsUrl);
    });
    afterAll(() => second?.stop());
    racingRegistrationsSuite(stage);
    mutualDemotionSuite(stage);
  });
});
