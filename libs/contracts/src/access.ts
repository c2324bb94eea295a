import { z } from 'zod';
import { createdPageRequest } from './creation.ts';
import { defineCommand, defineQuery } from './message.ts';
import { personObject } from './people.ts';

/** Roles, workspaces and memberships as the USSO contract (api/usso.md) shows them. Times are milliseconds since the epoch. */
export const roleObject = z.object({
  uid: z.uuid(),
  name: z.string(),
  /** Unique in the tenant; never changes. */
  slug: z.string(),
  description: z.string(),
  scopes: z.array(z.string()),
  isActive: z.boolean(),
  /** The role gives nothing outside this workspace. */
  workspaceId: z.uuid().nullable(),
  /** The user or agent who made it. */
  ownerId: z.uuid().nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type RoleObject = z.infer<typeof roleObject>;

const settings = z.record(z.string(), z.json());

export const workspaceObject = z.object({
  uid: z.uuid(),
  name: z.string(),
  /** Unique in the tenant; never changes. */
  slug: z.string(),
  description: z.string(),
  logoUrl: z.string().nullable(),
  settings,
  isActive: z.boolean(),
  ownerId: z.uuid().nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type WorkspaceObject = z.infer<typeof workspaceObject>;

/** That a user is in a workspace, with what others in it may know of them. */
export const membershipObject = z.object({
  userId: z.uuid(),
  workspaceId: z.uuid(),
  /** Empty where there is none; also `avatarUrl`. */
  name: z.string(),
  avatarUrl: z.string(),
  /** Slugs of the roles of `roleIds` that are still there, in that order. */
  roles: z.array(z.string()),
  roleIds: z.array(z.uuid()),
  joinedAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type MembershipObject = z.infer<typeof membershipObject>;

const commands = 'auth-command';
const queries = 'identity-projection';
/** Roomier than the rules of the domain, which say what is kept and tell why something is not. */
const name = z.string().max(512);
const description = z.string().max(8_192);
const slug = z.string().max(256);
const scopes = z.array(z.string().max(512)).max(256);
const logoUrl = z.string().max(4_096).nullable();
/** A role by its slug, its name, or its uuid with or without `role_`. */
const roleReference = z.string().min(1).max(256);

/**
 * Needs `create:sso/role`. Without a slug one is derived from the name, with a suffix where that one is taken; a given
 * one that is taken is `role.slug-taken`. Nobody makes a role that reaches further than themselves.
 */
export const createRole = defineCommand(commands, 'create-role', {
  request: z.object({
    name,
    slug: slug.optional(),
    description: description.optional(),
    scopes: scopes.optional(),
    isActive: z.boolean().optional(),
    workspaceId: z.uuid().optional(),
  }),
  value: roleObject,
});
/** Needs `update:sso/role`. Absent members stay as they are. What it widens, the caller has to hold. */
export const changeRole = defineCommand(commands, 'change-role', {
  request: z.object({
    uid: z.uuid(),
    name: name.optional(),
    description: description.optional(),
    scopes: scopes.optional(),
    isActive: z.boolean().optional(),
  }),
  value: roleObject,
});
/** Needs `delete:sso/role`. Answers the role as it was before; whoever holds it holds nothing by it. */
export const removeRole = defineCommand(commands, 'remove-role', {
  request: z.object({ uid: z.uuid() }),
  value: roleObject,
});

/** Needs `create:sso/workspace`. The slug is as in `createRole`. A user who makes one is its first member. */
export const createWorkspace = defineCommand(commands, 'create-workspace', {
  request: z.object({
    name,
    slug: slug.optional(),
    description: description.optional(),
    logoUrl: logoUrl.optional(),
    settings: settings.optional(),
    isActive: z.boolean().optional(),
  }),
  value: workspaceObject,
});
/** Needs `update:sso/workspace`. Absent members stay as they are. */
export const changeWorkspace = defineCommand(commands, 'change-workspace', {
  request: z.object({
    uid: z.uuid(),
    name: name.optional(),
    description: description.optional(),
    logoUrl: logoUrl.optional(),
    settings: settings.optional(),
    isActive: z.boolean().optional(),
  }),
  value: workspaceObject,
});
/** Needs `delete:sso/workspace`. Answers the workspace as it was before; nobody has roles in it any more. */
export const removeWorkspace = defineCommand(commands, 'remove-workspace', {
  request: z.object({ uid: z.uuid() }),
  value: workspaceObject,
});

/**
 * Needs `update:sso/workspace` and, for the user as they stand, `update:sso/user`; the caller has to hold what the roles
 * give there. Again: the roles are these now, or stay where none are said. `member` is a plain membership where there is no role of that name.
 */
export const addMember = defineCommand(commands, 'add-member', {
  request: z.object({ workspaceId: z.uuid(), userId: z.uuid(), roles: z.array(roleReference).max(256).optional() }),
  value: membershipObject,
});
/** Needs `update:sso/workspace`. Answers the membership as it was before. */
export const removeMember = defineCommand(commands, 'remove-member', {
  request: z.object({ workspaceId: z.uuid(), userId: z.uuid() }),
  value: membershipObject,
});

export const getRole = defineQuery(queries, 'get-role', {
  request: z.object({ uid: z.uuid() }),
  value: roleObject,
});
/** In the order of their making; only those that the caller may read. A page may be shorter than `limit`, see `listUsers`. */
export const listRoles = defineQuery(queries, 'list-roles', {
  request: createdPageRequest.extend({ workspaceId: z.uuid().optional(), isActive: z.boolean().optional() }),
  value: z.object({ roles: z.array(roleObject), total: z.number().int() }),
});
/**
 * For auth-command alone, which judges each on the leader: uids of roles that have one of these names, as far as the
 * rows know. At most 16 for each name. Tells nothing to whoever does not know the name.
 */
export const findRoles = defineQuery(queries, 'find-roles', {
  request: z.object({ names: z.array(z.string().max(256)).max(512) }),
  value: z.object({ uids: z.array(z.uuid()) }),
});

/** Members may read their workspaces; for others it needs `read:sso/workspace`. */
export const getWorkspace = defineQuery(queries, 'get-workspace', {
  request: z.object({ uid: z.uuid() }),
  value: workspaceObject,
});
/** In the order of their making; only those that the caller may read, with `mine` those that the caller is in. */
export const listWorkspaces = defineQuery(queries, 'list-workspaces', {
  request: createdPageRequest.extend({ mine: z.boolean().optional(), isActive: z.boolean().optional() }),
  value: z.object({ workspaces: z.array(workspaceObject), total: z.number().int() }),
});

/** Needs `read:sso/workspace` for this one. In the order of joining. */
export const listMembers = defineQuery(queries, 'list-members', {
  request: createdPageRequest.extend({ workspaceId: z.uuid() }),
  value: z.object({ members: z.array(membershipObject), total: z.number().int() }),
});
/** The people who are in it, as far as the caller may read them (`read:sso/user`). In the order of joining. */
export const listWorkspaceUsers = defineQuery(queries, 'list-workspace-users', {
  request: createdPageRequest.extend({ workspaceId: z.uuid() }),
  value: z.object({ people: z.array(personObject), total: z.number().int() }),
});

export const accessCommandContracts = [
  createRole,
  changeRole,
  removeRole,
  createWorkspace,
  changeWorkspace,
  removeWorkspace,
  addMember,
  removeMember,
] as const;

export const accessQueryContracts = [
  getRole,
  listRoles,
  findRoles,
  getWorkspace,
  listWorkspaces,
  listMembers,
  listWorkspaceUsers,
] as const;
