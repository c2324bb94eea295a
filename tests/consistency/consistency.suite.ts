import { afterAll, beforeAll, describe } from 'vitest';
import type { Shape } from '../e2e/shape.ts';
import { heldLocksSuite } from './held-locks.suite.ts';
import { honouredChangesSuite } from './honoured-changes.suite.ts';
import { mutualDemotionSuite } from './mutual-demotion.suite.ts';
import { racingChangesSuite } from './racing-changes.suite.ts';
import { racingRegistrationsSuite } from './racing-registrations.suite.ts';
import { readYourWritesSuite } from './read-your-writes.suite.ts';
import { retriedCommandsSuite } from './retried-commands.suite.ts';
import { Stage } from './stage.ts';
import { whileHashingSuite } from './while-hashing.suite.ts';

/** Section 9 of the design on one deployment, whichever shape it has. */
export function consistencySuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`consistency on ${shape.name}${reason}`, () => {
    const stage = new Stage(shape);
    beforeAll(() => stage.start());
    afterAll(() => stage.remove());

    readYourWritesSuite(stage);
    racingChangesSuite(stage);
    racingRegistrationsSuite(stage);
    honouredChangesSuite(stage);
    heldLocksSuite(stage);
    mutualDemotionSuite(stage);
    retriedCommandsSuite(stage);
    whileHashingSuite(stage);
  });
}
