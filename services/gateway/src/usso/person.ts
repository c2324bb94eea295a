import type {
  PersonCredentialObject,
  PersonIdentifierObject,
  PersonObject,
  ProfileObject,
  UsedCredentialObject,
} from '@evident/contracts';
import { z } from 'zod';
import { idShapes, printedId, printedIds } from './ids.ts';
import { timeShape, ussoTime } from './times.ts';

/** People as the contract shows them: supersets of what its documents and its SDKs read (reference/usso.md, sections 1 and 5.3). */

/** What every object of the SDKs has. */
const entity = { created_at: timeShape, updated_at: timeShape, is_deleted: z.boolean(), tenant_id: z.string() };
const kinds = z.enum(['username', 'email', 'phone']);
const members = z.record(z.string(), z.unknown());

export const identifierShape = z
  .object({
    ...idShapes('identifier'),
    ...entity,
    user_id: z.string().meta({ examples: ['user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] }),
    type: kinds,
    identifier: z.string().meta({ examples: ['admin@example.com'] }),
    verified: z.boolean(),
    verified_at: timeShape.nullable(),
    is_primary: z.boolean(),
    is_active: z.boolean(),
  })
  .meta({ id: 'SsoIdentifier' });

export const credentialShape = z
  .object({
    ...idShapes('credential'),
    ...entity,
    user_id: z.string(),
    method: z.literal('password'),
    is_active: z.boolean(),
  })
  .meta({ id: 'SsoCredential' });

export const usedCredentialShape = credentialShape
  .extend({ last_used_at: timeShape.nullable() })
  .meta({ id: 'SsoUsedCredential' });

export const personShape = z
  .object({
    ...idShapes('user'),
    ...entity,
    meta_data: members,
    name: z.string().nullable(),
    identifiers: z.array(identifierShape),
    credentials: z.array(credentialShape),
    credential_methods: z.array(z.string()),
    roles: z.array(z.string()).meta({ description: 'Slugs.', examples: [['editor']] }),
    scopes: z.array(z.string()).meta({ description: 'Beside those of the roles.' }),
    workspace_roles: z.record(z.string(), z.array(z.string())).meta({ description: 'Workspace → slugs.' }),
    workspace_ids: z.array(z.string()),
    is_active: z.boolean(),
    is_limited: z.boolean(),
    activation_status: z.enum(['active', 'deactive', 'pending', 'banned']),
    is_admin: z.boolean(),
    is_owner: z.boolean(),
    avatar_url: z.string().nullable(),
    custom_claims: members,
  })
  .meta({ id: 'SsoUser' });

export const profileShape = z
  .object({
    ...idShapes('user'),
    ...entity,
    user_id: z.string(),
    meta_data: members,
    profile_data: members.meta({ description: 'Whatever the client keeps of the person.' }),
  })
  .meta({ id: 'SsoProfile' });

export function ussoPerson(person: PersonObject, tenant: string): z.output<typeof personShape> {
  const { uid, roles, scopes, workspaceRoles, workspaceIds, credentials } = person;
  return {
    ...printedIds('user', uid),
    ...madeAndChanged(person, tenant),
    meta_data: {},
    name: person.name === '' ? null : person.name,
    identifiers: person.identifiers.map((identifier) => ussoIdentifier(identifier, uid, tenant)),
    credentials: credentials.map((credential) => ussoCredential(credential, uid, tenant)),
    credential_methods: [...new Set(credentials.map(({ method }) => method))],
    roles,
    scopes,
    workspace_roles: Object.fromEntries(
      Object.entries(workspaceRoles).map(([workspace, slugs]) => [printedId('workspace', workspace), slugs]),
    ),
    workspace_ids: workspaceIds.map((workspace) => printedId('workspace', workspace)),
    is_active: person.isActive,
    is_limited: person.isLimited,
    activation_status: person.status,
    is_admin: person.isAdmin,
    is_owner: person.isOwner,
    avatar_url: person.avatarUrl === '' ? null : person.avatarUrl,
    custom_claims: person.customClaims,
  };
}

export function ussoIdentifier(
  identifier: PersonIdentifierObject,
  userId: string,
  tenant: string,
): z.output<typeof identifierShape> {
  const { id, kind, value, verified, verifiedAt, primary, createdAt } = identifier;
  return {
    ...printedIds('identifier', id),
    ...madeAndChanged({ createdAt, updatedAt: verifiedAt ?? createdAt }, tenant),
    user_id: printedId('user', userId),
    type: kind,
    identifier: value,
    verified,
    verified_at: verifiedAt === null ? null : ussoTime(verifiedAt),
    is_primary: primary,
    is_active: true,
  };
}

export function ussoCredential(
  { id, method, createdAt }: PersonCredentialObject,
  userId: string,
  tenant: string,
): z.output<typeof credentialShape> {
  return {
    ...printedIds('credential', id),
    ...madeAndChanged({ createdAt, updatedAt: createdAt }, tenant),
    user_id: printedId('user', userId),
    method,
    is_active: true,
  };
}

export function ussoUsedCredential(
  credential: UsedCredentialObject,
  userId: string,
  tenant: string,
): z.output<typeof usedCredentialShape> {
  const { lastUsedAt } = credential;
  return {
    ...ussoCredential(credential, userId, tenant),
    last_used_at: lastUsedAt === null ? null : ussoTime(lastUsedAt),
  };
}

/** A profile goes by the id of its person. */
export function ussoProfile(profile: ProfileObject, tenant: string): z.output<typeof profileShape> {
  const { userId, data } = profile;
  return {
    ...printedIds('user', userId),
    ...madeAndChanged(profile, tenant),
    user_id: printedId('user', userId),
    meta_data: {},
    profile_data: data,
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
