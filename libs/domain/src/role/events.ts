import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { keyedHash, uuid } from '../fields.ts';

/** What of a role can be changed. */
const details = {
  name: z.string(),
  description: z.string(),
  scopes: z.array(z.string()),
  /** A role that is not active gives nothing to those who hold it. */
  isActive: z.boolean(),
};

/**
 * Completes the claim on the slug: from here it is this role's. `workspaceId`: the role is of that workspace and gives
 * nothing outside it. `ownerId`: the user or agent who made it; null where the program did.
 */
export const roleDefined = defineEvent(
  'role.defined',
  z.object({
    ...details,
    slug: z.string(),
    lookup: keyedHash,
    claimId: uuid,
    workspaceId: uuid.nullable(),
    ownerId: uuid.nullable(),
  }),
  { secret: ['lookup'] },
);
/** All details, those that stayed as they were too. */
export const roleChanged = defineEvent('role.changed', z.object(details));
/** For ever. Ends the claim: the slug is free for another role. Whoever holds the role holds nothing by it. */
export const roleRetired = defineEvent('role.retired', z.object({ claimId: uuid }));
/** A rival or the sweeper gave up on a claim of this role that was never completed; it can never be completed now. */
export const roleClaimAbandoned = defineEvent('role.claim-abandoned', z.object({ claimId: uuid }));

export const roleEvents = [roleDefined, roleChanged, roleRetired, roleClaimAbandoned] as const;
export type RoleEvent = EventOf<(typeof roleEvents)[number]>;
