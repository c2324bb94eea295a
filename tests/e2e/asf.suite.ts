import { describe } from 'vitest';
import { administered } from './administered.ts';
import { asfAdministratorsSuite } from './asf-administrators.suite.ts';
import { asfAppsSuite } from './asf-apps.suite.ts';
import { asfUsersSuite } from './asf-users.suite.ts';
import type { Shape } from './shape.ts';

/** The ASF contract (api/asf.md) end to end, on whichever deployment. */
export function asfSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`ASF contract on ${shape.name}${reason}`, () => {
    const stage = administered(shape);

    asfUsersSuite(stage);
    asfAppsSuite(stage);
    asfAdministratorsSuite(stage);
  });
}
