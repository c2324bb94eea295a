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
import { readVerifyKey, tooLongForToken } from '@evident/crypto';
import { agentDecider, checkDescription, checkTitle, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { isWorkspace } from '../workspaces/is-workspace.ts';
import { claimAgentKey, pairToGive, privateKeyShown } from './agent-keys.ts';
import { agentAfterCommand } from './agent-reply.ts';
import { wantedScopes } from './wanted-scopes.ts';

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
    const { workspaceId = null, description = '', name } = request;
    const agentId = uuid5(`agent/${command.id}`);
    const attributes = agentAttributes(agentId, { createdBy: caller.holder, workspaceId });
    const missing =
      mayDo(command, scope, attributes) ?? (workspaceId === null ? undefined : beyond(caller, workspaceId));
    if (missing !== undefined) return { ok: false, error: missing };
    const checked = checkMembers(request);
    if (checked !== undefined) return { ok: false, error: checked };
    const wanted = wantedScopes(request.scopes);
    if (!wanted.ok) return invalid('scopes', wanted.reason);
    const tooWide = handOn(caller, wanted.scopes);
    if (tooWide !== undefined) return { ok: false, error: tooWide };
    if (workspaceId !== null && !(await isWorkspace(log, workspaceId))) {
      return invalid('workspace_id', 'there is no such workspace');
    }

    const { verifyKey: given } = request;
    const key = given === undefined ? pairToGive(env, command.id) : readVerifyKey(given);
    if (key === undefined) return invalid('verify_key', 'must be a public Ed25519 key (SubjectPublicKeyInfo) in PEM');
    const { keyId, verifyKey } = key;
    const taken = await claimAgentKey(env, { keyId, agentId }, command);
    if (taken !== undefined) return { ok: false, error: taken };
    const decision = {
      type: 'create-agent',
      name,
      description,
      scopes: wanted.scopes,
      workspaceId,
      createdBy: caller.holder,
      key: { keyId, verifyKey },
    } as const;
    const stream = streams.agent(log.tenant, agentId);
    const decided = await decideOnStream(env, { decider: agentDecider, stream, step, decision }, command);
    if (!decided.ok) return decided;
    const after = await agentAfterCommand(env, agentId, step, command);
    if (!after.ok) return after;
    const privateKey = privateKeyShown(env, command.id, after.agent.keyId);
    return succeed({ ...after.agent, privateKey }, after.position);
  };
}

/**
 * Why the agent may not be in this workspace. Its tokens say that it is, and it may read the workspace: so that the agent
 * would be the caller's own is not enough.
 */
function beyond(caller: Caller, workspaceId: string): ReplyError | undefined {
  return caller.workspaceIds.includes(workspaceId)
    ? undefined
    : mayDo({ caller }, scope, { workspace_id: workspaceId });
}

/** Undefined where name, description and scopes, as far as they are given, are as they must be. */
export function checkMembers({
  name,
  description,
  scopes,
}: {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}): ReplyError | undefined {
  const checkedName = name === undefined ? undefined : checkTitle(name);
  if (checkedName?.ok === false) return invalid('name', checkedName.reason).error;
  const checkedDescription = description === undefined ? undefined : checkDescription(description);
  if (checkedDescription?.ok === false) return invalid('description', checkedDescription.reason).error;
  const tooLong = scopes === undefined ? undefined : tooLongForToken(scopes);
  return tooLong === undefined ? undefined : invalid('scopes', tooLong).error;
}

export function invalid(field: string, reason: string) {
  return fail('agent.invalid', { details: { field, reason } });
}
