import { z } from 'zod';
import { createdPageRequest } from './creation.ts';
import { defineCommand, defineQuery } from './message.ts';
import { signInEvidence } from './objects.ts';

/** People as the USSO contract (api/usso.md) and tokens show them. Times are milliseconds since the epoch. */
const kinds = ['username', 'email', 'phone'] as const;
export const personIdentifierKind = z.enum(kinds);
export const personStatus = z.enum(['active', 'deactive', 'pending', 'banned']);

export const personIdentifier = z.object({
  /** Its claim: the same for as long as the person holds it. */
  id: z.uuid(),
  kind: personIdentifierKind,
  value: z.string(),
  verified: z.boolean(),
  verifiedAt: z.number().int().nullable(),
  primary: z.boolean(),
  createdAt: z.number().int(),
});
export type PersonIdentifierObject = z.infer<typeof personIdentifier>;

/** How a person proves who they are; the secret itself is never shown. */
export const personCredential = z.object({
  id: z.uuid(),
  method: z.literal('password'),
  createdAt: z.number().int(),
});
/** With when it was last right, which only the list of credentials looks for; null where that is long ago, or never. */
export const usedCredential = personCredential.extend({ lastUsedAt: z.number().int().nullable() });
export type UsedCredentialObject = z.infer<typeof usedCredential>;
export type PersonCredentialObject = z.infer<typeof personCredential>;

export const personObject = z.object({
  uid: z.uuid(),
  number: z.number().int().positive(),
  /** Empty where there is none; also `avatarUrl`. */
  name: z.string(),
  /** In the order in which they were added. */
  identifiers: z.array(personIdentifier),
  /** Slugs of the roles of `roleIds` that are still there, in that order; also below. */
  roles: z.array(z.string()),
  roleIds: z.array(z.uuid()),
  /** Direct ones, beside those of the roles. */
  scopes: z.array(z.string()),
  /** Workspace uuid → slugs of the roles that count in it. */
  workspaceRoles: z.record(z.string(), z.array(z.string())),
  workspaceIds: z.array(z.uuid()),
  isActive: z.boolean(),
  isLimited: z.boolean(),
  status: personStatus,
  isAdmin: z.boolean(),
  isOwner: z.boolean(),
  avatarUrl: z.string(),
  customClaims: z.record(z.string(), z.json()),
  credentials: z.array(personCredential),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type PersonObject = z.infer<typeof personObject>;

export const profileObject = z.object({
  userId: z.uuid(),
  /** A JSON object of the client's own making. */
  data: z.record(z.string(), z.json()),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type ProfileObject = z.infer<typeof profileObject>;

const commands = 'auth-command';
const queries = 'identity-projection';
const identifierText = z.string().min(1).max(640);
const password = z.string().min(1).max(2048);
const scope = z.string().min(1).max(512);
/** A role by its slug, its name, or its uuid with or without `role_`. */
const roleReference = z.string().min(1).max(256);
const jsonObject = z.record(z.string(), z.json());

/**
 * Sign-up. The reply is that of `authenticate` for purpose `session`: the new person, and the evidence of a sign-in.
 *
 * `orSignIn` (a login with `register: true`): a known identifier is an ordinary sign-in instead, with its errors.
 * Without it a known one is `user.username-taken`, `user.email-taken` or `user.phone-taken`.
 * Errors: `user.self-registration-disabled`, `request.too-many-attempts` (20 an address an hour), the rules of
 * identifiers and passwords; the first two are the same for known and unknown identifiers.
 */
export const registerPerson = defineCommand(commands, 'register-person', {
  request: z.object({
    identifier: identifierText,
    /** Inferred from the identifier where absent: an address, a phone number, a name. */
    kind: personIdentifierKind.optional(),
    password,
    name: z.string().max(512).optional(),
    orSignIn: z.boolean().optional(),
    audience: z.string().max(256).optional(),
    /** The gateway's word that peer, host and origin are this very machine; by itself it gives nothing. */
    fromThisMachine: z.boolean(),
  }),
  value: z.object({
    userId: z.uuid(),
    person: personObject,
    evidence: signInEvidence,
    /** False where `orSignIn` found the identifier known. */
    registered: z.boolean(),
  }),
});

const personDetails = {
  name: z.string().max(512).optional(),
  /** All roles, scopes and workspaces that the person has from now on. */
  roles: z.array(roleReference).max(256).optional(),
  scopes: z.array(scope).max(256).optional(),
  /** By workspace uuid (`ws_` may stand before it) or slug. */
  workspaceRoles: z.record(z.string(), z.array(roleReference).max(256)).optional(),
  workspaceIds: z.array(z.string().min(1).max(256)).max(256).optional(),
  isActive: z.boolean().optional(),
  isLimited: z.boolean().optional(),
  status: personStatus.optional(),
  /** Empty: none. */
  avatarUrl: z.string().max(2048).optional(),
  customClaims: jsonObject.optional(),
};

/** `POST /users`: what an administrator sets counts as verified, and takes an unverified address from who typed it in. */
export const createPerson = defineCommand(commands, 'create-person', {
  request: z.object({
    identifier: identifierText,
    kind: personIdentifierKind.optional(),
    /** Without it the person cannot sign in with a password yet. */
    password: password.optional(),
    ...personDetails,
  }),
  value: personObject,
});

/** Absent members stay as they are; all or nothing. Nobody gives more than they have (delegation). */
export const changePerson = defineCommand(commands, 'change-person', {
  request: z.object({ uid: z.uuid(), ...personDetails }),
  value: personObject,
});

/** Answers the person as they were before. */
export const removePerson = defineCommand(commands, 'remove-person', {
  request: z.object({ uid: z.uuid() }),
  value: personObject,
});

export const addIdentifier = defineCommand(commands, 'add-identifier', {
  request: z.object({
    userId: z.uuid(),
    identifier: identifierText,
    kind: personIdentifierKind.optional(),
    primary: z.boolean().optional(),
  }),
  value: personIdentifier,
});
export const changeIdentifier = defineCommand(commands, 'change-identifier', {
  request: z.object({ userId: z.uuid(), identifierId: z.uuid(), primary: z.literal(true).optional() }),
  value: personIdentifier,
});
/** Answers the identifier as it was before. */
export const removeIdentifier = defineCommand(commands, 'remove-identifier', {
  request: z.object({ userId: z.uuid(), identifierId: z.uuid() }),
  value: personIdentifier,
});

/** A password for the user, in place of one that they may have; ends their sessions. */
export const addCredential = defineCommand(commands, 'add-credential', {
  request: z.object({ userId: z.uuid(), method: z.literal('password'), secret: password }),
  value: personCredential,
});
/** Answers the credential as it was before; ends the sessions of the user. */
export const removeCredential = defineCommand(commands, 'remove-credential', {
  request: z.object({ userId: z.uuid(), credentialId: z.uuid() }),
  value: personCredential,
});

/** The caller's own. `user.wrong-password` where the old one is wrong; ends every session of the user, this one too. */
export const changeOwnPassword = defineCommand(commands, 'change-own-password', {
  request: z.object({ oldPassword: password, newPassword: password }),
  value: z.object({}),
});

/** Replaces the whole profile (`merge` false) or the members named, of which null takes one away. */
export const changeProfile = defineCommand(commands, 'change-profile', {
  request: z.object({
    /** Absent: the caller's own. */
    userId: z.uuid().optional(),
    data: jsonObject,
    merge: z.boolean(),
    /** `user.profile-exists` where there is one already (`POST /profiles`). */
    mustBeNew: z.boolean().optional(),
  }),
  value: profileObject,
});

/** Absent `uid`: the caller, who needs no scope for it; nor does who names themselves. */
export const getPerson = defineQuery(queries, 'get-person', {
  request: z.object({ uid: z.uuid().optional() }),
  value: personObject,
});

/** Oldest first; only those whom the caller may read. A page may be shorter than `limit`, see `listUsers`. */
export const listPeople = defineQuery(queries, 'list-people', {
  request: createdPageRequest.extend({
    identifierKind: personIdentifierKind.optional(),
    identifier: identifierText.optional(),
    role: roleReference.optional(),
    isActive: z.boolean().optional(),
    isLimited: z.boolean().optional(),
  }),
  value: z.object({ people: z.array(personObject), total: z.number().int() }),
});

export const listIdentifiers = defineQuery(queries, 'list-identifiers', {
  request: z.object({ userId: z.uuid() }),
  value: z.object({ identifiers: z.array(personIdentifier) }),
});
export const listCredentials = defineQuery(queries, 'list-credentials', {
  request: z.object({ userId: z.uuid() }),
  value: z.object({ credentials: z.array(usedCredential) }),
});

/** A person who never wrote one has an empty profile. */
export const getProfile = defineQuery(queries, 'get-profile', {
  request: z.object({ userId: z.uuid().optional() }),
  value: profileObject,
});
/** By the age of their persons, oldest first. */
export const listProfiles = defineQuery(queries, 'list-profiles', {
  request: createdPageRequest,
  value: z.object({ profiles: z.array(profileObject), total: z.number().int() }),
});

export const peopleCommandContracts = [
  registerPerson,
  createPerson,
  changePerson,
  removePerson,
  addIdentifier,
  changeIdentifier,
  removeIdentifier,
  addCredential,
  removeCredential,
  changeOwnPassword,
  changeProfile,
] as const;

export const peopleQueryContracts = [
  getPerson,
  listPeople,
  listIdentifiers,
  listCredentials,
  getProfile,
  listProfiles,
] as const;
