import type { ValueOf, verifyApiKey } from '@evident/contracts';
import { z } from 'zod';
import { printedId } from './ids.ts';

/** What an API key says of its holder, in the words of a token. */
export const apiKeyClaimsShape = z
  .object({
    sub: z.string().meta({ examples: ['service:019a2f1e-7c1e-7b52-9a34-1c5e7d9b2f60'] }),
    sub_type: z.literal('api_key'),
    jti: z.string().meta({ description: 'Id of the key.' }),
    tenant_id: z.string(),
    workspace_id: z.uuid().nullable().meta({
      description: 'Of an agent the workspace that it is in, as its tokens name it: without a prefix.',
    }),
    workspace_ids: z.array(z.string()),
    session_id: z.null(),
    roles: z.array(z.string()).meta({ description: 'Slugs.' }),
    scopes: z.array(z.string()).meta({ description: 'As far as its holder has them now.' }),
    exp: z.int().nullable().meta({ description: 'Seconds since the epoch; null where it does not expire.' }),
  })
  .meta({ id: 'SsoUserData' });

type VerifiedKey = ValueOf<typeof verifyApiKey>;

export function apiKeyClaims(key: VerifiedKey, tenant: string): z.output<typeof apiKeyClaimsShape> {
  const { keyId, holder, roles, scopes, workspaceIds, expiresAt } = key;
  return {
    sub: holder,
    sub_type: 'api_key',
    jti: printedId('apikey', keyId),
    tenant_id: tenant,
    workspace_id: workspaceOfAgent(key),
    workspace_ids: workspaceIds.map((id) => printedId('workspace', id)),
    session_id: null,
    roles,
    scopes,
    exp: expiresAt === null ? null : Math.floor(expiresAt / 1_000),
  };
}

/** An agent is in one workspace at most; a user may be in several, and none of them is theirs alone. */
export function workspaceOfAgent({ holder, workspaceIds }: Pick<VerifiedKey, 'holder' | 'workspaceIds'>) {
  const [only = null] = holder.startsWith('service:') ? workspaceIds : [];
  return only;
}
