import { apiKeyAttributes, type Caller, handOn } from '@evident/caller';
import {
  fail,
  type issueApiKey,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { apiKeyDecider, checkTitle, isLivingAgent, type Principal, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { apiKeyAfterCommand } from './api-key-reply.ts';
import { attributesOf } from './change-agent.ts';
import { keyShown, keyToIssue } from './issued-key.ts';
import { unreadableScope } from './unreadable-scope.ts';

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
    const keyId = uuid5(`apikey/${command.id}`);
    const stream = streams.apiKey(log.tenant, keyId);
    const refusal = await unlessDone(log, { stream, step }, command, () => issue(request, keyId, caller, command));
    return refusal === undefined ? answer(keyId, command) : { ok: false, error: refusal };
  };

  async function issue(
    request: Request,
    keyId: string,
    caller: Caller,
    command: Command,
  ): Promise<ReplyError | undefined> {
    const { agentId, name, expiresInDays } = request;
    const holder: Principal = agentId === undefined ? caller.holder : { kind: 'agent', id: agentId };
    const issuedBy = caller.holder;
    const refusal =
      mayDo(command, 'create:sso/apikey', apiKeyAttributes(keyId, { holder, issuedBy })) ?? checkMembers(request);
    if (refusal !== undefined) return refusal;
    const carried = await scopesCarried(request, caller);
    if (!carried.ok) return carried.error;
    const { scopes } = carried;
    const { lookup, prefix } = keyToIssue(keys, log.lookup, command.id, keyId);
    const expiresAt = expiresInDays === undefined ? null : now() + expiresInDays * dayMs;
    const decision = { type: 'issue-api-key', holder, issuedBy, name, scopes, lookup, prefix, expiresAt } as const;
    const stream = streams.apiKey(log.tenant, keyId);
    const person = holder.kind === 'user' ? holder.id : null;
    const decided = await decideOnStream(env, { decider: apiKeyDecider, stream, step, decision, person }, command);
    return decided.ok ? undefined : decided.error;
  }

  /** What the key is to carry, as far as the caller may hand it on; null where it grows with its holder. */
  async function scopesCarried({ agentId, scopes: wanted }: Request, caller: Caller): Promise<Carried> {
    const holding = agentId === undefined ? ownHolding(caller) : await holdingOf(agentId, caller);
    if (holding === undefined) return fail('agent.unknown');
    const unnamed = holding.mayGrow ? null : holding.scopes;
    const scopes = wanted === undefined ? unnamed : [...new Set(wanted)];
    // Whoever makes a key for themselves, with all that they have, hands nothing on.
    const tooWide = scopes === null && agentId === undefined ? undefined : handOn(caller, scopes ?? holding.scopes);
    return tooWide === undefined ? { ok: true, scopes } : { ok: false, error: tooWide };
  }

  /** Of an agent; undefined where there is none. */
  async function holdingOf(agentId: string, caller: Caller): Promise<Holding | undefined> {
    const { state } = await log.states.agent.load(streams.agent(log.tenant, agentId));
    if (!isLivingAgent(state)) return undefined;
    const governed = mayDo({ caller }, 'update:sso/agent', attributesOf(agentId, state)) === undefined;
    return { scopes: state.scopes, mayGrow: governed && caller.bounds === undefined };
  }

  async function answer(keyId: string, command: Command): Promise<Reply<Value>> {
    const after = await apiKeyAfterCommand(env, keyId, step, command);
    if (!after.ok) return after;
    const key = keyShown(keys, log.lookup, { commandId: command.id, keyId }, after.own);
    return succeed({ ...after.apiKey, key }, after.position);
  }
}

/**
 * What the holder of a key has. A key that names no scopes carries whatever its holder comes to have (`mayGrow`), if its
 * maker is the holder or may change it; otherwise it takes those of the moment, or somebody could make keys of a weak
 * agent and wait until it is strong. One that was made through a key with scopes of its own never grows.
 */
interface Holding {
  readonly scopes: readonly string[];
  readonly mayGrow: boolean;
}

function ownHolding({ scopes, bounds }: Caller): Holding {
  return { scopes, mayGrow: bounds === undefined };
}

type Carried =
  | { readonly ok: true; readonly scopes: readonly string[] | null }
  | { readonly ok: false; readonly error: ReplyError };

function checkMembers({ name, scopes = [] }: Request): ReplyError | undefined {
  const checkedName = checkTitle(name);
  if (!checkedName.ok) return invalid('name', checkedName.reason);
  const reason = unreadableScope(scopes);
  return reason === undefined ? undefined : invalid('scopes', reason);
}

function invalid(field: string, reason: string): ReplyError {
  return fail('apikey.invalid', { details: { field, reason } }).error;
}
