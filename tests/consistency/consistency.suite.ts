import { afterAll, beforeAll, describe } from 'vitest';
import type { Shape } from '../e2e/shape.ts';
import { honouredChangesSuite } from './honoured-changes.suite.ts';
import { mutualDemotionSuite } from './mutual-demotion.suite.ts';
import { racingChangesSuite } from './racing-changes.suite.ts';
import { readYourWritesSuite } from './read-your-writes.suite.ts';
import { retriedCommandsSuite } from './retried-commands.suite.ts';
import { Stage } from './stage.ts';
import { whileHashingSuite } from './while-hashing.suite.ts';

/** Section 9 of the design on one deployment, whichever shape it has. */
export function consistencySuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`consistency on ${shape.name}${reason}`, () => {
    const stage = new Stage(shape);
    beforeAll(() => stage.start({ ARGON2_MEMORY_KIB: '1024', ARGON2_PASSES: '1' }));
    afterAll(() => stage.remove());

    readYourWritesSuite(stage);
    racingChangesSuite(stage);
    honouredChangesSuite(stage);
    mutualDemotionSuite(stage);
    retriedCommandsSuite(stage);
    whileHashingSuite(stage);
  });
}
