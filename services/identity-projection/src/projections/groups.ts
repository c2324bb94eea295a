import type { AnyProjection } from '@evident/read-model';
import { accessEdgesProjection } from './access-edges.projection.ts';
import { activeTimesProjection } from './active-times.projection.ts';
import { agentUsesProjection } from './agent-uses.projection.ts';
import { agentsProjection } from './agents.projection.ts';
import { apiKeyHoldersProjection } from './api-key-holders.projection.ts';
import { apiKeysProjection } from './api-keys.projection.ts';
import { appsProjection } from './apps.projection.ts';
import { assignmentsProjection } from './assignments.projection.ts';
import { generationsProjection } from './generations.projection.ts';
import { identifiersProjection } from './identifiers.projection.ts';
import { membersProjection } from './members.projection.ts';
import { momentsProjection } from './moments.projection.ts';
import { openClaimsProjection } from './open-claims.projection.ts';
import { recordedEventsProjection } from './recorded-events.projection.ts';
import { reservationStreamsProjection } from './reservation-streams.projection.ts';
import { roleHoldersProjection } from './role-holders.projection.ts';
import { rolesProjection } from './roles.projection.ts';
import { sessionsProjection } from './sessions.projection.ts';
import { totalsProjection } from './totals.projection.ts';
import { usersProjection } from './users.projection.ts';
import { webhooksProjection } from './webhooks.projection.ts';
import { workspacesProjection } from './workspaces.projection.ts';

/** Views that move on together: one runner and one checkpoint each, so that sessions never hold up the directory. */
export const projectionGroups = {
  directory: [
    usersProjection,
    appsProjection,
    assignmentsProjection,
    identifiersProjection,
    openClaimsProjection,
    rolesProjection,
    workspacesProjection,
    membersProjection,
    totalsProjection,
    agentsProjection,
    apiKeysProjection,
    roleHoldersProjection,
    webhooksProjection,
  ],
  security: [generationsProjection, sessionsProjection, agentUsesProjection, apiKeyHoldersProjection],
  /** What auditors ask by; everything that happened passes through it. */
  evidence: [
    recordedEventsProjection,
    momentsProjection,
    accessEdgesProjection,
    activeTimesProjection,
    reservationStreamsProjection,
  ],
} as const satisfies Readonly<Record<string, readonly AnyProjection[]>>;
