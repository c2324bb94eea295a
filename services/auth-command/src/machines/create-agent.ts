import { agentAttributes, type Caller, handOn } from '@evident/caller';
import {
  type createAgent,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
  type ValueOf,
} from '@evident/contracts';
import { readVerifyKey } from '@evident/crypto';
import { agentDecider, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { isWorkspace } from '../grants/is-workspace.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { claimAgentKey, pairToGive, privateKeyShown } from './agent-keys.ts';
import { agentAfterCommand } from './agent-reply.ts';
import { checkMembers, invalid, noVerifyKey } from './check-agent.ts';

type Request = RequestOf<typeof createAgent>;
type Value = ValueOf<typeof createAgent>;

const step = 'create';
const scope = 'create:sso/agent';

/** Makes an agent that holds no more than its maker, with a key pair unless a public key is given. */
export function createCreateAgent(env: CommandEnvironment) {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<Value>> => {
    const { caller } = command;
    if (caller === undefined) return fail('caller.not-authenticated');
    const agentId = uuid5(`agent/${command.id}`);
    const stream = streams.agent(log.tenant, agentId);
    const refusal = await unlessDone(
      log,
      { stream, step },
      command,
      async () => (await check(request, agentId, caller)) ?? create(request, agentId, caller, command),
    );
    return refusal === undefined ? answer(agentId, command) : { ok: false, error: refusal };
  };

  async function check(request: Request, agentId: string, caller: Caller): Promise<ReplyError | undefined> {
    const { workspaceId = null, scopes } = request;
    const attributes = agentAttributes(agentId, { createdBy: caller.holder, workspaceId });
    return (
      mayDo({ caller }, scope, attributes) ??
      beyond(caller, workspaceId) ??
      checkMembers(request) ??
      handOn(caller, scopes) ??
      (await noWorkspace(workspaceId))
    );
  }

  async function noWorkspace(workspaceId: string | null): Promise<ReplyError | undefined> {
    if (workspaceId === null || (await isWorkspace(log, workspaceId))) return undefined;
    return invalid('workspace_id', 'there is no such workspace');
  }

  async function create(
    request: Request,
    agentId: string,
    caller: Caller,
    command: Command,
  ): Promise<ReplyError | undefined> {
    const { name, description = '', scopes, workspaceId = null, verifyKey: given } = request;
    const key = given === undefined ? pairToGive(env, command.id) : readVerifyKey(given);
    if (key === undefined) return noVerifyKey();
    const { keyId, verifyKey } = key;
    const taken = await claimAgentKey(env, { keyId, agentId }, command);
    if (taken !== undefined) return taken;
    const decision = {
      type: 'create-agent',
      name,
      description,
      scopes: [...new Set(scopes)],
      workspaceId,
      createdBy: caller.holder,
      key: { keyId, verifyKey },
    } as const;
    const stream = streams.agent(log.tenant, agentId);
    const decided = await decideOnStream(env, { decider: agentDecider, stream, step, decision }, command);
    return decided.ok ? undefined : decided.error;
  }

  async function answer(agentId: string, command: Command): Promise<Reply<Value>> {
    const after = await agentAfterCommand(env, agentId, step, command);
    if (!after.ok) return after;
    const privateKey = privateKeyShown(env, command.id, after.agent.keyId);
    return succeed({ ...after.agent, privateKey }, after.position);
  }
}

/**
 * Why the agent may not be in this workspace. Its tokens say that it is, and it may read the workspace: so that the agent
 * would be the caller's own is not enough.
 */
function beyond(caller: Caller, workspaceId: string | null): ReplyError | undefined {
  return workspaceId === null || caller.workspaceIds.includes(workspaceId)
    ? undefined
    : mayDo({ caller }, scope, { workspace_id: workspaceId });
}
