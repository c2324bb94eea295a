import { z } from 'zod';
import { identifierPolicy } from '../erasure/events.ts';
import { defineEvent, type EventOf } from '../event-registry.ts';
import { keyedHash, serial, uuid } from '../fields.ts';

export const identifierKinds = ['username', 'email', 'phone'] as const;
export const identifierKind = z.enum(identifierKinds);
export type IdentifierKind = z.infer<typeof identifierKind>;

/** Only `active` users may sign in; the others say why not. */
export const userStatus = z.enum(['active', 'deactive', 'pending', 'banned']);
export type UserStatus = z.infer<typeof userStatus>;

export const userRegistered = defineEvent('user.registered', z.object({ number: serial }));

/**
 * Completes the claim: from here the identifier is the user's. `value` is as given, `lookup` of its prepared form. A
 * `primary` one is shown where a contract knows one of its kind; the others of the kind are no longer.
 */
export const userIdentifierAdded = defineEvent(
  'user.identifier-added',
  z.object({
    kind: identifierKind,
    value: z.string(),
    lookup: keyedHash,
    claimId: uuid,
    verified: z.boolean(),
    primary: z.boolean(),
  }),
  {
    schema: 2,
    personal: ['value'],
    secret: ['lookup'],
    // A user had one of each kind then.
    upcasters: { 1: (data: object) => ({ ...data, primary: true }) },
  },
);

/** It is primary now, and the others of its kind are not. */
export const userIdentifierPromoted = defineEvent(
  'user.identifier-promoted',
  z.object({ kind: identifierKind, claimId: uuid }),
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

/** The user signs in with it no longer; raises the security generation. */
export const userPasswordRemoved = defineEvent(
  'user.password-removed',
  z.object({ generation: z.number().int().positive() }),
);

/** The same password under the cost of today: no new generation. */
export const userPasswordRehashed = defineEvent('user.password-rehashed', z.object({ passwordHash: z.string() }), {
  secret: ['passwordHash'],
});

export const userDeactivated = defineEvent('user.deactivated', z.object({ generation: z.number().int().positive() }));
/** Puts the status back to `active`. */
export const userReactivated = defineEvent('user.reactivated', z.object({}));
/** Why the user is not active. */
export const userStatusChanged = defineEvent('user.status-changed', z.object({ status: userStatus }));
/** For ever. The identifiers stay claimed. */
export const userRemoved = defineEvent(
  'user.removed',
  z.object({ generation: z.number().int().positive(), wasActive: z.boolean() }),
);
/** After the removal, and for ever: the person's key is deleted next, and what it sealed reads as erased. */
export const userErased = defineEvent('user.erased', z.object({ identifiers: identifierPolicy }));
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

/** All of the tenant is the user's; given once, never taken. */
export const userOwnershipGranted = defineEvent('user.ownership-granted', z.object({}));

/** Roles, scopes and workspaces end no session: what a caller may do is read at each call. */
export const userRoleGranted = defineEvent('user.role-granted', z.object({ roleId: uuid }));
export const userRoleRevoked = defineEvent('user.role-revoked', z.object({ roleId: uuid }));
/** Direct scopes, all of them. */
export const userScopesAssigned = defineEvent('user.scopes-assigned', z.object({ scopes: z.array(z.string()) }));
/** Once until the user leaves; other roles there are the next event. */
export const userWorkspaceJoined = defineEvent(
  'user.workspace-joined',
  z.object({ workspaceId: uuid, roleIds: z.array(uuid) }),
);
/** All the roles that the user has there from now on. */
export const userWorkspaceRolesChanged = defineEvent(
  'user.workspace-roles-changed',
  z.object({ workspaceId: uuid, roleIds: z.array(uuid) }),
);
export const userWorkspaceLeft = defineEvent('user.workspace-left', z.object({ workspaceId: uuid }));

/** Empty: the user has none any more. The same for the avatar. */
export const userNamed = defineEvent('user.named', z.object({ name: z.string() }), { personal: ['name'] });
export const userAvatarChanged = defineEvent('user.avatar-changed', z.object({ avatarUrl: z.string() }), {
  personal: ['avatarUrl'],
});
/** The text of a JSON object. */
export const userCustomClaimsChanged = defineEvent(
  'user.custom-claims-changed',
  z.object({ customClaims: z.string() }),
  { personal: ['customClaims'] },
);
/** The text of a JSON object: what the user and their administrators keep of them beside the account. */
export const userProfileChanged = defineEvent('user.profile-changed', z.object({ profile: z.string() }), {
  personal: ['profile'],
});
/** A mark for other services to read; Evident itself refuses a limited user nothing. */
export const userLimited = defineEvent('user.limited', z.object({}));
export const userLimitLifted = defineEvent('user.limit-lifted', z.object({}));

export const userEvents = [
  userRegistered,
  userIdentifierAdded,
  userIdentifierPromoted,
  userIdentifierVerified,
  userIdentifierRemoved,
  userClaimAbandoned,
  userPasswordChanged,
  userPasswordRehashed,
  userPasswordRemoved,
  userDeactivated,
  userReactivated,
  userStatusChanged,
  userRemoved,
  userErased,
  userSessionsEnded,
  userAdminGranted,
  userAdminRevoked,
  userAppAssigned,
  userAppUnassigned,
  userOwnershipGranted,
  userRoleGranted,
  userRoleRevoked,
  userScopesAssigned,
  userWorkspaceJoined,
  userWorkspaceRolesChanged,
  userWorkspaceLeft,
  userNamed,
  userAvatarChanged,
  userCustomClaimsChanged,
  userProfileChanged,
  userLimited,
  userLimitLifted,
] as const;

export type UserEvent = EventOf<(typeof userEvents)[number]>;
