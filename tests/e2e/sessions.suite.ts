import { describe } from 'vitest';
import { sessionTokensSuite } from './session-tokens.suite.ts';
import { sessionsStage } from './sessions-stage.ts';
import type { Shape } from './shape.ts';
import { signingInSuite } from './signing-in.suite.ts';

/** Sign-in, refresh, logout and sessions of the USSO contract (api/usso.md), on whichever deployment. */
export function sessionsSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`sessions on ${shape.name}${reason}`, () => {
    const stage = sessionsStage(shape);

    signingInSuite(stage);
    sessionTokensSuite(stage);
  });
}
