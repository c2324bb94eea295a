import { z } from 'zod';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { keyedHash, serial, uuid } from '../fields.ts';

export const identifierKinds = ['username', 'email'] as const;
export const identifierKind = z.enum(identifierKinds);
export type IdentifierKind = z.infer<typeof identifierKind>;

export const userRegistered = defineEvent('user.registered', z.object({ number: serial }));

/** Completes the claim: from here the identifier is the user's. `value` is as given, `lookup` of its prepared form. */
export const userIdentifierAdded = defineEvent(
  'user.identifier-added',
  z.object({ kind: identifierKind, value: z.string(), lookup: keyedHash, claimId: uuid, verified: z.boolean() }),
  { personal: ['value'], secret: ['lookup'] },
);

export const userIdentifierVerified = defineEvent(
  'user.identifier-verified',
  z.object({ kind: identifierKind, claimId: uuid }),
);

/** Ends the claim: the reservation may be released. */
export const userIdentifierRemoved = defineEvent(
  'user.identifier-removed',
  z.object({ kind: identifierKind, claimId: uuid }),
);

/** A rival or the sweeper gave up on a claim of this user that was never completed; it can never be completed now. */
export const userClaimAbandoned = defineEvent(
  'user.claim-abandoned',
  z.object({ kind: identifierKind, claimId: uuid }),
);

/** `passwordHash` is a PHC string sealed for auth-command. Raises the security generation. */
export const userPasswordChanged = defineEvent(
  'user.password-changed',
  z.object({ passwordHash: z.string(), generation: z.number().int().positive() }),
  { secret: ['passwordHash'] },
);

/** The same password under the cost of today: no new generation. */
export const userPasswordRehashed = defineEvent('user.password-rehashed', z.object({ passwordHash: z.string() }), {
  secret: ['passwordHash'],
});

export const userDeactivated = defineEvent('user.deactivated', z.object({ generation: z.number().int().positive() }));
export const userReactivated = defineEvent('user.reactivated', z.object({}));
/** For ever. The identifiers stay claimed. */
export const userRemoved = defineEvent(
  'user.removed',
  z.object({ generation: z.number().int().positive(), wasActive: z.boolean() }),
);
export const userSessionsEnded = defineEvent(
  'user.sessions-ended',
  z.object({ generation: z.number().int().positive() }),
);
export const userAdminGranted = defineEvent('user.admin-granted', z.object({}));
export const userAdminRevoked = defineEvent(
  'user.admin-revoked',
  z.object({ generation: z.number().int().positive() }),
);
/** Both integer ids, so that a view can order the edge from either side by this event alone. */
export const userAppAssigned = defineEvent(
  'user.app-assigned',
  z.object({ appId: uuid, appNumber: serial, userNumber: serial }),
);
export const userAppUnassigned = defineEvent('user.app-unassigned', z.object({ appId: uuid, appNumber: serial }));

export const userEvents = [
  userRegistered,
  userIdentifierAdded,
  userIdentifierVerified,
  userIdentifierRemoved,
  userClaimAbandoned,
  userPasswordChanged,
  userPasswordRehashed,
  userDeactivated,
  userReactivated,
  userRemoved,
  userSessionsEnded,
  userAdminGranted,
  userAdminRevoked,
  userAppAssigned,
  userAppUnassigned,
] as const;

export type UserEvent = EventOf<(typeof userEvents)[number]>;
