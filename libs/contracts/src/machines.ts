import { z } from 'zod';

/** Agents and API keys as they travel between services; times are milliseconds since the epoch. */

/** `user:<uuid>` or `service:<uuid>`. */
const principalName = z.string().regex(/^(?:user|service):[0-9a-f-]{36}$/);
/** Read by the grammar of scopes where they are given; not longer than that reads. */
export const scopeList = z.array(z.string().min(1).max(512)).max(100);

export const agentObject = z.object({
  uid: z.uuid(),
  name: z.string(),
  description: z.string(),
  scopes: z.array(z.string()),
  workspaceId: z.uuid().nullable(),
  isActive: z.boolean(),
  createdBy: principalName,
  /** SubjectPublicKeyInfo of an Ed25519 key, PEM. */
  verifyKey: z.string(),
  /** Hex SHA-256 of its DER: the `kid` of what the agent signs. */
  keyId: z.string(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type AgentObject = z.infer<typeof agentObject>;

/** As rows know it. */
export const agentWithUse = agentObject.extend({
  /** When it last got a token or asked for its scopes; null where it never did. */
  lastUsedAt: z.number().int().nullable(),
});
export type AgentWithUse = z.infer<typeof agentWithUse>;

export const apiKeyObject = z.object({
  uid: z.uuid(),
  name: z.string(),
  /** Whose power it carries. */
  holder: principalName,
  issuedBy: principalName,
  /** Null: all that the holder has, whenever it is used. */
  scopes: z.array(z.string()).nullable(),
  prefix: z.string(),
  /** Neither revoked nor expired when this was written; its holder may still not be able to act. */
  isActive: z.boolean(),
  expiresAt: z.number().int().nullable(),
  revokedAt: z.number().int().nullable(),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type ApiKeyObject = z.infer<typeof apiKeyObject>;
