import { type Attributes, agentAttributes, handOn } from '@evident/caller';
import {
  type AgentObject,
  type changeAgent,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
} from '@evident/contracts';
import { type AgentPublicKey, readVerifyKey } from '@evident/crypto';
import {
  type AgentEvent,
  type AgentRejection,
  type AgentState,
  agentDecider,
  type ChangeAgent,
  type Decider,
  isLivingAgent,
  reject,
  streams,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { claimAgentKey } from './agent-keys.ts';
import { agentAfterCommand } from './agent-reply.ts';
import { checkMembers, noVerifyKey } from './check-agent.ts';

type Request = RequestOf<typeof changeAgent>;
type Members = Omit<Request, 'uid'>;

const step = 'change';

/** Absent members stay as they are. Whoever gives an agent power, or its power to another key, has to hold it. */
export function createChangeAgent(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid, ...members }: Request, command: Command): Promise<Reply<AgentObject>> => {
    const stream = streams.agent(log.tenant, uid);
    const refusal = await unlessDone(log, { stream, step }, command, () => change(uid, members, command));
    if (refusal !== undefined) return { ok: false, error: refusal };
    const after = await agentAfterCommand(env, uid, step, command);
    return after.ok ? succeed(after.agent, after.position) : after;
  };

  async function change(uid: string, members: Members, command: Command): Promise<ReplyError | undefined> {
    const stream = streams.agent(log.tenant, uid);
    const { state } = await log.states.agent.load(stream);
    const refusal = mayDo(command, 'update:sso/agent', attributesOf(uid, state)) ?? check(members, state);
    if (refusal !== undefined) return refusal;
    const key = members.verifyKey === undefined ? undefined : readVerifyKey(members.verifyKey);
    if (members.verifyKey !== undefined && key === undefined) return noVerifyKey();
    const decision = changeOf(members, key);
    // Before a key is claimed; it is asked again at the decision.
    const tooWide = command.caller && handOn(command.caller, scopesGiven(state, decision));
    if (tooWide !== undefined) return tooWide;
    const taken = key && (await claimAgentKey(env, { keyId: key.keyId, agentId: uid }, command));
    if (taken !== undefined) return taken;
    const decided = await decideOnStream(
      env,
      { decider: within(command), states: log.states.agent, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }
}

function check(members: Members, state: AgentState): ReplyError | undefined {
  return isLivingAgent(state) ? checkMembers(members) : fail('agent.unknown').error;
}

/** Of an agent that there was, also where it is removed. */
export function attributesOf(uid: string, { createdBy, workspaceId }: AgentState): Attributes | undefined {
  return createdBy === undefined ? undefined : agentAttributes(uid, { createdBy, workspaceId });
}

type AgentCodes = AgentRejection | 'caller.not-permitted';

/** The rules of agents for this caller: what is handed on is judged on the very state that the change is made to. */
function within({ caller }: Command): Decider<ChangeAgent, AgentState, AgentEvent, AgentCodes> {
  return {
    ...agentDecider,
    decide(change, state) {
      const refusal = caller === undefined ? undefined : handOn(caller, scopesGiven(state, change));
      return refusal === undefined
        ? agentDecider.decide(change, state)
        : reject('caller.not-permitted', refusal.details);
    },
  };
}

/**
 * What the change hands on: scopes that are new; all of them where somebody else will sign for the agent from now on,
 * or where an agent that could do nothing can do it all again.
 */
function scopesGiven(state: AgentState, change: ChangeAgent): readonly string[] {
  const { scopes = state.scopes } = change;
  const newKey = change.key !== undefined && change.key.keyId !== state.keyId;
  const awake = change.isActive === true && !state.isActive;
  return newKey || awake ? scopes : scopes.filter((scope) => !state.scopes.includes(scope));
}

function changeOf({ name, description, isActive, scopes }: Members, key: AgentPublicKey | undefined): ChangeAgent {
  return {
    type: 'change-agent',
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(isActive === undefined ? {} : { isActive }),
    ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
    ...(key === undefined ? {} : { key }),
  };
}
