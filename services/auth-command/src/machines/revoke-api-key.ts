import { apiKeyAttributes, ownsApiKey } from '@evident/caller';
import { type ApiKeyObject, fail, type Reply, type RequestOf, type revokeApiKey, succeed } from '@evident/contracts';
import { apiKeyDecider, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { apiKeyAfterCommand } from './api-key-reply.ts';

type Request = RequestOf<typeof revokeApiKey>;

const step = 'revoke';

/** From the next use on. One's own needs no scope; a stranger's is unknown to who has none. */
export function createRevokeApiKey(env: CommandEnvironment) {
  const { log, now } = env;

  return async ({ uid }: Request, command: Command): Promise<Reply<ApiKeyObject>> => {
    const stream = streams.apiKey(log.tenant, uid);
    const { issued } = (await log.states.apiKey.load(stream)).state;
    if (issued === undefined) return fail('apikey.unknown');
    const isOwn = command.caller !== undefined && ownsApiKey(command.caller, uid, issued);
    if (!isOwn && mayDo(command, 'delete:sso/apikey', apiKeyAttributes(uid, issued)) !== undefined) {
      return fail('apikey.unknown');
    }
    const decision = { type: 'revoke-api-key', now: now() } as const;
    const decided = await decideOnStream(
      env,
      { decider: apiKeyDecider, states: log.states.apiKey, stream, step, decision },
      command,
    );
    if (!decided.ok) return decided;
    const after = await apiKeyAfterCommand(env, uid, step, command);
    if (!after.ok) return after;
    // Somebody revoked it before: it is gone.
    if (after.own.length === 0) return fail('apikey.unknown');
    return succeed(after.apiKey, after.position);
  };
}
