import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { keyedHash, uuid } from '../fields.ts';

/** What of a workspace can be changed. */
const details = {
  name: z.string(),
  description: z.string(),
  logoUrl: z.string().nullable(),
  /** Whatever its clients keep there. */
  settings: z.record(z.string(), z.json()),
  /** Of a workspace that is not active nobody has roles. */
  isActive: z.boolean(),
};

/** Completes the claim on the slug. `ownerId`: the user or agent who made it; null where the program did. */
export const workspaceCreated = defineEvent(
  'workspace.created',
  z.object({ ...details, slug: z.string(), lookup: keyedHash, claimId: uuid, ownerId: uuid.nullable() }),
  { secret: ['lookup'] },
);
/** All details, those that stayed as they were too. */
export const workspaceChanged = defineEvent('workspace.changed', z.object(details));
/** For ever. Ends the claim: the slug is free for another workspace. Memberships stay with the users and mean nothing. */
export const workspaceRemoved = defineEvent('workspace.removed', z.object({ claimId: uuid }));
/** A rival or the sweeper gave up on a claim of this workspace that was never completed. */
export const workspaceClaimAbandoned = defineEvent('workspace.claim-abandoned', z.object({ claimId: uuid }));

export const workspaceEvents = [workspaceCreated, workspaceChanged, workspaceRemoved, workspaceClaimAbandoned] as const;
export type WorkspaceEvent = EventOf<(typeof workspaceEvents)[number]>;
/** JSON that a workspace keeps for its clients. */
export type WorkspaceSettings = z.infer<typeof details.settings>;
