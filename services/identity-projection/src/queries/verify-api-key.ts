import { meet } from '@evident/authorization';
import { grantsOf, proveAccessKey } from '@evident/caller';
import { fail, type Reply, succeed, type ValueOf, type verifyApiKey } from '@evident/contracts';
import { principalName, streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { MessageHandler } from '@evident/transport';

/** Looks at the ends of streams and at no row: a key that was revoked a moment ago is none any more. */
export function createVerifyApiKey(
  log: Pick<Log, 'states' | 'tenant' | 'lookup'>,
  now: Clock,
): MessageHandler<typeof verifyApiKey> {
  return async ({ key: text }): Promise<Reply<ValueOf<typeof verifyApiKey>>> => {
    const proven = await proveAccessKey(log, text, now());
    if (proven === undefined) return fail('caller.bad-credential');
    const { keyId, key, standing } = proven;
    const scopes = key.scopes === null ? standing.scopes : meet(key.scopes, standing.scopes);
    return succeed({
      keyId,
      holder: principalName(key.holder),
      scopes: [...scopes],
      // Apps act on the names of roles, which cannot be held against a key's own scopes: a key for less carries none.
      roles: key.scopes === null ? [...(await rolesOf(key.holder))] : [],
      workspaceIds: [...standing.workspaceIds],
      expiresAt: key.expiresAt,
    });
  };

  async function rolesOf({ kind, id }: { readonly kind: 'user' | 'agent'; readonly id: string }) {
    if (kind === 'agent') return [];
    const { state } = await log.states.user.load(streams.user(log.tenant, id));
    return (await grantsOf(log.states, log.tenant, state)).roles;
  }
}
