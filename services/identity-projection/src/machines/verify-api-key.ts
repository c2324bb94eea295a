import { meet } from '@evident/authorization';
import { type Grants, grantsOf, type ProvenKey, proveAccessKey } from '@evident/caller';
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
    const { roles, workspaceIds } = await namesOf(proven);
    return succeed({
      keyId,
      holder: principalName(key.holder),
      scopes: [...scopes],
      // Apps act on the names of roles, which cannot be held against a key's own scopes: a key for less carries none.
      roles: key.scopes === null ? [...roles] : [],
      workspaceIds: [...workspaceIds],
      expiresAt: key.expiresAt,
    });
  };

  /** What apps act on beside scopes. How an administrator stands says nothing of it, since here it decides nothing. */
  async function namesOf({ key, standing }: ProvenKey): Promise<Pick<Grants, 'roles' | 'workspaceIds'>> {
    const { kind, id } = key.holder;
    if (kind === 'agent') return { roles: [], workspaceIds: standing.workspaceIds };
    const { state } = await log.states.user.load(streams.user(log.tenant, id));
    return grantsOf(log.states, log.tenant, state);
  }
}
