import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { adminToken } from '../e2e/http.ts';
import type { Shape } from '../e2e/shape.ts';
import { badInputSuite } from './bad-input.suite.ts';
import { compromisedGatewayOverNats } from './compromised-gateway-over-nats.ts';
import { openApiSweepSuite } from './openapi-sweep.suite.ts';
import { anotherApp, rulesSuite } from './rules.suite.ts';
import { sameAnswerSuite } from './same-answer.suite.ts';
import { smugglingSuite } from './smuggling.suite.ts';
import { surfaceSuite } from './surface.suite.ts';
import { tokensSuite } from './tokens.suite.ts';

/** Cheap hashes: what is shown here does not depend on their cost. */
export const cheapHashes = { RATE_LIMIT: 'off', ARGON2_MEMORY_KIB: '64', ARGON2_PASSES: '1' };

/** What the built program gives away, and what it can be made to do, by whoever can reach it. */
export function securitySuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`${shape.name}${reason}`, () => {
    let deployment: Deployment | undefined;
    let administrator = '';
    const evident = () => {
      if (deployment === undefined) throw new Error('not started');
      return deployment;
    };
    const token = () => administrator;

    beforeAll(async () => {
      deployment = await shape.start({ ...cheapHashes, ALLOWED_AUDIENCES: anotherApp });
      administrator = await adminToken(deployment);
    });
    afterAll(async () => {
      await deployment?.remove();
      await shape.stopServers();
    });

    rulesSuite(evident, token);
    sameAnswerSuite(evident, token);
    surfaceSuite(evident, token);
    tokensSuite(evident, token);
    badInputSuite(evident, token);
    smugglingSuite(evident, token);
    openApiSweepSuite(evident, token);
    if (shape.natsUrl !== undefined) compromisedGatewayOverNats(evident, shape.natsUrl);
  });
}
