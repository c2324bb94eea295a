import { describe } from 'vitest';
import { accessStage } from './access-stage.ts';
import { nobodyBeyondSuite } from './nobody-beyond.suite.ts';
import { rolesAndWorkspacesSuite } from './roles-and-workspaces.suite.ts';
import type { Shape } from './shape.ts';

/** Roles, scopes and workspaces of the USSO contract (api/usso.md) end to end: what holds now, for whom, and where. */
export function accessSuite(shape: Shape): void {
  const reason = shape.missing === undefined ? '' : ` (skipped: ${shape.missing})`;
  describe.skipIf(shape.missing !== undefined)(`access on ${shape.name}${reason}`, () => {
    const stage = accessStage(shape);

    rolesAndWorkspacesSuite(stage);
    nobodyBeyondSuite(stage);
  });
}
