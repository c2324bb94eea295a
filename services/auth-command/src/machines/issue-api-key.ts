import { apiKeyAttributes, type Caller, handOn } from '@evident/caller';
import { fail, type issueApiKey, type Reply, type RequestOf, succeed, type ValueOf } from '@evident/contracts';
import { apiKeyDecider, checkTitle, type Principal, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { apiKeyAfterCommand } from './api-key-reply.ts';
import { keyShown, keyToIssue } from './derived-keys.ts';
import { wantedScopes } from './wanted-scopes.ts';

type Request = RequestOf<typeof issueApiKey>;
type Value = ValueOf<typeof issueApiKey>;

const step = 'issue';
const dayMs = 86_400_000;

/** A key for the caller or for an agent, which carries no more than the caller has. */
export function createIssueApiKey(env: CommandEnvironment) {
  const { log, keys, now } = env;

  return async (request: Request, command: Command): Promise<Reply<Value>> => {
    const { caller } = command;
    if (caller === undefined) return fail('caller.not-authenticated');
    const { agentId, name, expiresInDays } = request;
    const holder: Principal = agentId === undefined ? caller.holder : { kind: 'agent', id: agentId };
    const keyId = uuid5(`apikey/${command.id}`);
    const issuedBy = caller.holder;
    const missing = mayDo(command, 'create:sso/apikey', apiKeyAttributes(keyId, { holder, issuedBy }));
    if (missing !== undefined) return { ok: false, error: missing };
    const checkedName = checkTitle(name);
    if (!checkedName.ok) return invalid('name', checkedName.reason);
    const wanted = request.scopes === undefined ? undefined : wantedScopes(request.scopes);
    if (wanted?.ok === false) return invalid('scopes', wanted.reason);
    const held = agentId === undefined ? caller.scopes : await scopesOfAgent(agentId);
    if (held === undefined) return fail('agent.unknown');
    const scopes = wanted?.scopes ?? (growsWithHolder(caller) ? null : held);
    const tooWide = handsOnAll(caller, holder) && scopes === null ? undefined : handOn(caller, scopes ?? held);
    if (tooWide !== undefined) return { ok: false, error: tooWide };

    const { lookup, prefix } = keyToIssue(keys, log.lookup, command.id, keyId);
    const expiresAt = expiresInDays === undefined ? null : now() + expiresInDays * dayMs;
    const decision = { type: 'issue-api-key', holder, issuedBy, name, scopes, lookup, prefix, expiresAt } as const;
    const stream = streams.apiKey(log.tenant, keyId);
    const decided = await decideOnStream(env, { decider: apiKeyDecider, stream, step, decision }, command);
    if (!decided.ok) return decided;
    const after = await apiKeyAfterCommand(env, keyId, step, command);
    if (!after.ok) return after;
    const key = keyShown(keys, log.lookup, { commandId: command.id, keyId }, after.own);
    return succeed({ ...after.apiKey, key }, after.position);
  };

  /** What an agent holds; undefined where there is none. */
  async function scopesOfAgent(agentId: string): Promise<readonly string[] | undefined> {
    const { state } = await log.states.agent.load(streams.agent(log.tenant, agentId));
    return state.created && !state.removed ? state.scopes : undefined;
  }
}

/**
 * A key that names no scopes carries whatever its holder comes to have. One that was made through a key with scopes of
 * its own never may: it takes those of the moment instead.
 */
function growsWithHolder({ bounds }: Caller): boolean {
  return bounds === undefined;
}

/** Whoever makes a key for themselves, with all that they have, hands nothing on. */
function handsOnAll(caller: Caller, holder: Principal): boolean {
  return caller.bounds === undefined && holder.kind === caller.holder.kind && holder.id === caller.holder.id;
}

function invalid(field: string, reason: string) {
  return fail('apikey.invalid', { details: { field, reason } });
}
