import type { AnyProjection } from '@evident/read-model';
import { appsProjection } from './apps.projection.ts';
import { assignmentsProjection } from './assignments.projection.ts';
import { generationsProjection } from './generations.projection.ts';
import { identifiersProjection } from './identifiers.projection.ts';
import { openClaimsProjection } from './open-claims.projection.ts';
import { sessionsProjection } from './sessions.projection.ts';
import { totalsProjection } from './totals.projection.ts';
import { usersProjection } from './users.projection.ts';

/** Views that move on together: one runner and one checkpoint each, so that sessions never hold up the directory. */
export const projectionGroups = {
  directory: [
    usersProjection,
    appsProjection,
    assignmentsProjection,
    identifiersProjection,
    openClaimsProjection,
    totalsProjection,
  ],
  security: [generationsProjection, sessionsProjection],
} as const satisfies Readonly<Record<string, readonly AnyProjection[]>>;
