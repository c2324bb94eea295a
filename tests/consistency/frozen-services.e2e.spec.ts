import type { StartedService } from '@evident/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { split } from '../e2e/split.shape.ts';
import { frozenProjectorSuite } from './frozen-projector.suite.ts';
import { frozenRegistrarSuite } from './frozen-registrar.suite.ts';
import { mutualDemotionSuite } from './mutual-demotion.suite.ts';
import { racingRegistrationsSuite } from './racing-registrations.suite.ts';
import { Stage } from './stage.ts';

const natsUrl = split.natsUrl ?? '';
const reason = split.missing === undefined ? '' : ` (skipped: ${split.missing})`;

describe.skipIf(split.missing !== undefined)(`four processes, and a second instance of one${reason}`, () => {
  const stage = new Stage(split);
  beforeAll(() => stage.start());
  afterAll(() => stage.remove());

  frozenRegistrarSuite(stage, natsUrl);
  frozenProjectorSuite(stage, natsUrl);

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
