import { given } from '@evident/contracts';
import { z } from 'zod';
import { jsonMembers } from '../http/json-members.ts';
import { text } from '../http/texts.ts';
import { clearable, optional } from './nulls.ts';

/** What clients send about people. */
export const identifierText = text(1, 320).meta({
  description: 'Name, e-mail address or phone number.',
  examples: ['jdoe@example.com'],
});
export const identifierType = z
  .enum(['username', 'email', 'phone'])
  .meta({ description: 'Where absent it is inferred from the identifier.' });
export const newPassword = text(1, 1_024).meta({
  description: '8 to 256 characters, not the identifier, and not a common one.',
  examples: ['Correct-Horse-7'],
});

const name = text(0, 256);
const avatarUrl = text(0, 2_048);
/** As many as a message takes. */
const mostInList = 256;
const references = (what: string) => z.array(text(1, 256)).max(mostInList).meta({ description: what });
const lists = {
  roles: references('All roles, by slug, name or id.'),
  scopes: z.array(text(1, 400)).max(mostInList).meta({ description: 'All scopes beside those of the roles.' }),
  workspace_roles: z
    .record(z.string(), z.array(text(1, 256)).max(mostInList))
    .meta({ description: 'Workspace (id or slug) → its roles.' }),
  workspace_ids: references('All workspaces, by id or slug.'),
  is_active: z.boolean(),
  is_limited: z.boolean(),
  activation_status: z.enum(['active', 'deactive', 'pending', 'banned']),
};

export const createdPerson = z.object({
  identifier: identifierText,
  identifier_type: optional(identifierType),
  type: optional(identifierType),
  password: optional(newPassword),
  secret: optional(newPassword),
  name: optional(name),
  avatar_url: optional(avatarUrl),
  custom_claims: optional(jsonMembers),
  roles: optional(lists.roles),
  scopes: optional(lists.scopes),
  workspace_roles: optional(lists.workspace_roles),
  workspace_ids: optional(lists.workspace_ids),
  is_active: optional(lists.is_active),
  is_limited: optional(lists.is_limited),
  activation_status: optional(lists.activation_status),
});

export const changedPerson = z.object({
  name: clearable(name),
  avatar_url: clearable(avatarUrl),
  custom_claims: clearable(jsonMembers),
  roles: lists.roles.optional(),
  scopes: lists.scopes.optional(),
  workspace_roles: lists.workspace_roles.optional(),
  workspace_ids: lists.workspace_ids.optional(),
  is_active: lists.is_active.optional(),
  is_limited: lists.is_limited.optional(),
  activation_status: lists.activation_status.optional(),
});

type Details = z.output<typeof changedPerson>;

/** The details as the services know them; what is null is cleared. */
export function detailsOf(body: Details) {
  const { name, avatar_url: avatarUrl, custom_claims: customClaims } = body;
  return given({
    name: name === null ? '' : name,
    avatarUrl: avatarUrl === null ? '' : avatarUrl,
    customClaims: customClaims === null ? {} : customClaims,
    roles: body.roles,
    scopes: body.scopes,
    workspaceRoles: body.workspace_roles,
    workspaceIds: body.workspace_ids,
    isActive: body.is_active,
    isLimited: body.is_limited,
    status: body.activation_status,
  });
}
