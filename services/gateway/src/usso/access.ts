import type { MembershipObject, RoleObject, WorkspaceObject } from '@evident/contracts';
import { z } from 'zod';
import { idShapes, printedId, printedIds } from './ids.ts';
import { timeShape, ussoTime } from './times.ts';

/** Roles, workspaces and members as the contract shows them: supersets of what its documents and SDKs read. */

const entity = { created_at: timeShape, updated_at: timeShape, is_deleted: z.boolean(), tenant_id: z.string() };
const members = z.record(z.string(), z.unknown());
const ownerId = z.string().nullable().meta({ description: 'The user or agent who made it, without a prefix.' });

export const roleShape = z
  .object({
    ...idShapes('role'),
    ...entity,
    meta_data: members,
    user_id: ownerId,
    name: z.string(),
    slug: z.string().meta({ description: 'Unique in the tenant; never changes.', examples: ['editor'] }),
    description: z.string(),
    scopes: z.array(z.string()).meta({ examples: [['read:content', 'write:content']] }),
    is_active: z.boolean(),
    workspace_id: z.string().nullable().meta({ description: 'It gives nothing outside this workspace.' }),
  })
  .meta({ id: 'SsoRole' });

export const workspaceShape = z
  .object({
    ...idShapes('workspace'),
    ...entity,
    meta_data: members,
    user_id: ownerId,
    name: z.string(),
    slug: z.string().meta({ description: 'Unique in the tenant; never changes.', examples: ['my-team'] }),
    description: z.string(),
    logo_url: z.string().nullable(),
    settings: members.meta({ description: 'Whatever its clients keep there.' }),
    is_active: z.boolean(),
  })
  .meta({ id: 'SsoWorkspace' });

/** Goes by the id of the user. */
export const memberShape = z
  .object({
    ...idShapes('user'),
    ...entity,
    user_id: z.string(),
    workspace_id: z.string(),
    name: z.string().nullable(),
    avatar_url: z.string().nullable(),
    roles: z.array(z.string()).meta({ description: 'Slugs of the roles in this workspace.' }),
    role_ids: z.array(z.string()),
  })
  .meta({ id: 'SsoMember' });

export function ussoRole(role: RoleObject, tenant: string): z.output<typeof roleShape> {
  const { uid, name, slug, description, scopes, isActive, workspaceId, ownerId } = role;
  return {
    ...printedIds('role', uid),
    ...madeAndChanged(role, tenant),
    meta_data: {},
    user_id: ownerId,
    name,
    slug,
    description,
    scopes,
    is_active: isActive,
    workspace_id: workspaceId === null ? null : printedId('workspace', workspaceId),
  };
}

export function ussoWorkspace(workspace: WorkspaceObject, tenant: string): z.output<typeof workspaceShape> {
  const { uid, name, slug, description, logoUrl, settings, isActive, ownerId } = workspace;
  return {
    ...printedIds('workspace', uid),
    ...madeAndChanged(workspace, tenant),
    meta_data: {},
    user_id: ownerId,
    name,
    slug,
    description,
    logo_url: logoUrl,
    settings,
    is_active: isActive,
  };
}

export function ussoMember(member: MembershipObject, tenant: string): z.output<typeof memberShape> {
  const { userId, workspaceId, name, avatarUrl, roles, roleIds, joinedAt, updatedAt } = member;
  return {
    ...printedIds('user', userId),
    ...madeAndChanged({ createdAt: joinedAt, updatedAt }, tenant),
    user_id: printedId('user', userId),
    workspace_id: printedId('workspace', workspaceId),
    name: name === '' ? null : name,
    avatar_url: avatarUrl === '' ? null : avatarUrl,
    roles,
    role_ids: roleIds.map((roleId) => printedId('role', roleId)),
  };
}

function madeAndChanged(
  { createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number },
  tenant: string,
) {
  return {
    created_at: ussoTime(createdAt),
    updated_at: ussoTime(updatedAt),
    is_deleted: false,
    tenant_id: tenant,
  };
}
