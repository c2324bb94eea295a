import type { AgentObject, AgentWithUse, ApiKeyObject } from '@evident/contracts';
import { z } from 'zod';
import { idShapes, printedId, printedIds } from './ids.ts';
import { timeShape, ussoTime } from './times.ts';

/** Agents and API keys as the contract shows them: supersets of what its documents and its SDKs read (reference/usso.md 2.4). */

const entity = { created_at: timeShape, updated_at: timeShape, is_deleted: z.boolean(), tenant_id: z.string() };
const members = z.record(z.string(), z.unknown());
const holderId = z.string().meta({ examples: ['user:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] });
const scopes = z.array(z.string()).meta({ examples: [['read:sso/user']] });

export const agentShape = z
  .object({
    ...idShapes('agent'),
    ...entity,
    meta_data: members,
    type: z.literal('agent'),
    user_id: holderId.meta({ description: 'Who made it.' }),
    name: z.string(),
    description: z.string(),
    scopes,
    workspace_id: z.string().nullable(),
    is_active: z.boolean(),
    alg: z.literal('EdDSA'),
    verify_key: z.string().meta({ description: 'SubjectPublicKeyInfo of an Ed25519 key, PEM.' }),
    kid: z.string().meta({ description: 'Hex SHA-256 of its DER: the `kid` of what the agent signs.' }),
    last_used_at: timeShape
      .nullable()
      .optional()
      .meta({ description: 'When it last got a token or asked for its scopes. Not in the answer of a change.' }),
  })
  .meta({ id: 'SsoAgent' });

export const newAgentShape = agentShape
  .extend({
    private_key: z.string().nullable().meta({
      description: 'PKCS8, PEM. Shown here and never again. Null where `verify_key` was given.',
    }),
    client_id: z.string().meta({ description: 'The same as `id`.' }),
  })
  .meta({ id: 'SsoNewAgent' });

export const apiKeyShape = z
  .object({
    ...idShapes('apikey'),
    ...entity,
    meta_data: members,
    name: z.string(),
    user_id: holderId.meta({ description: 'Who made it.' }),
    agent_id: z.string().nullable().meta({ description: 'The agent that holds it; null where a user does.' }),
    scopes,
    all_scopes: z.boolean().meta({ description: 'It carries all that its holder has, and `scopes` is empty.' }),
    api_key_pattern: z.string().meta({ description: 'Its first characters.', examples: ['usso_sk_AZovHnwe…'] }),
    is_active: z.boolean(),
    expires_at: timeShape.nullable(),
    last_used_at: z.null().meta({ description: 'Uses of a key are not recorded.' }),
  })
  .meta({ id: 'SsoApiKey' });

const secret = z.string().meta({
  description: 'Shown here and never again.',
  examples: ['usso_sk_AZovHnwee1KaNBxefZsvYC2ah0mH7WyThbtFyWm0ZkqVZ2L9cXG3pOe5rYdT1aJk'],
});
export const newApiKeyShape = apiKeyShape
  .extend({ key: secret, api_key: secret.meta({ description: 'The same as `key`.' }) })
  .meta({ id: 'SsoNewApiKey' });

export function ussoAgent(
  agent: AgentObject & Partial<Pick<AgentWithUse, 'lastUsedAt'>>,
  tenant: string,
): z.output<typeof agentShape> {
  const { uid, name, description, workspaceId, isActive, lastUsedAt } = agent;
  return {
    ...printedIds('agent', uid),
    ...ofEntity(agent, tenant),
    type: 'agent',
    user_id: agent.createdBy,
    name,
    description,
    scopes: agent.scopes,
    workspace_id: workspaceId === null ? null : printedId('workspace', workspaceId),
    is_active: isActive,
    alg: 'EdDSA',
    verify_key: agent.verifyKey,
    kid: agent.keyId,
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt === null ? null : ussoTime(lastUsedAt) }),
  };
}

export function ussoApiKey(apiKey: ApiKeyObject, tenant: string): z.output<typeof apiKeyShape> {
  const { uid, name, holder, issuedBy, prefix, isActive, expiresAt } = apiKey;
  return {
    ...printedIds('apikey', uid),
    ...ofEntity(apiKey, tenant),
    is_deleted: apiKey.revokedAt !== null,
    name,
    user_id: issuedBy,
    agent_id: holder.startsWith('service:') ? holder : null,
    scopes: apiKey.scopes ?? [],
    all_scopes: apiKey.scopes === null,
    api_key_pattern: `${prefix}…`,
    is_active: isActive,
    expires_at: expiresAt === null ? null : ussoTime(expiresAt),
    last_used_at: null,
  };
}

function ofEntity({ createdAt, updatedAt }: { createdAt: number; updatedAt: number }, tenant: string) {
  const times = { created_at: ussoTime(createdAt), updated_at: ussoTime(updatedAt) };
  return { ...times, is_deleted: false, tenant_id: tenant, meta_data: {} };
}
