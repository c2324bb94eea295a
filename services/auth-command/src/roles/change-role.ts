import { uncovered } from '@evident/authorization';
import { handOn, isName, roleAttributes } from '@evident/caller';
import {
  type changeRole,
  fail,
  given,
  type Reply,
  type ReplyError,
  type RequestOf,
  type RoleObject,
} from '@evident/contracts';
import {
  type ChangeRole,
  type Decider,
  isLivingRole,
  type RoleEvent,
  type RoleState,
  reject,
  roleDecider,
  streams,
} from '@evident/domain';
import { firstProblem, scopesProblem, titleChecks } from '../check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { scopesWithin } from '../grants/scopes-of-roles.ts';
import { mayChangeWorkspace, mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { replyWithRole } from './role-reply.ts';

type Request = RequestOf<typeof changeRole>;
type Members = Omit<Request, 'uid'>;

const step = 'change';

/** Changes a role; absent members stay as they are. What it gives more than before, the caller has to hold. */
export function createChangeRole(env: CommandEnvironment) {
  const { log } = env;

  return async ({ uid, ...members }: Request, command: Command): Promise<Reply<RoleObject>> => {
    const stream = streams.role(log.tenant, uid);
    const refusal = await unlessDone(log, { stream, step }, command, () => change(uid, members, command));
    return refusal === undefined ? replyWithRole(env, uid, step, command) : { ok: false, error: refusal };
  };

  async function change(uid: string, members: Members, command: Command): Promise<ReplyError | undefined> {
    const stream = streams.role(log.tenant, uid);
    const { state } = await log.states.role.load(stream);
    const isThere = isLivingRole(state);
    const missing = mayDo(command, 'update:sso/role', isThere ? roleAttributes(uid, state) : undefined);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('role.unknown').error;
    const problem =
      firstProblem('role.invalid', titleChecks(members)) ?? scopesProblem('role.invalid', members.scopes ?? []);
    if (problem !== undefined) return problem;
    const { scopes, ...others } = given(members);
    const decision: ChangeRole = {
      type: 'change-role',
      ...others,
      ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
    };
    const workspace = state.workspaceId === null ? undefined : await workspaceOf(state.workspaceId);
    const decided = await decideOnStream(
      env,
      { decider: within(command, workspace), states: log.states.role, stream, step, decision },
      command,
    );
    return decided.ok ? undefined : decided.error;
  }

  async function workspaceOf(workspaceId: string): Promise<Workspace> {
    const { ownerId } = (await log.states.workspace.load(streams.workspace(log.tenant, workspaceId))).state;
    return { workspaceId, ownerId };
  }
}

/** That the role is of, for ever. */
interface Workspace {
  readonly workspaceId: string;
  readonly ownerId: string | null;
}

type RoleCodes = Extract<ReturnType<typeof roleDecider.decide>, { accepted: false }>['code'] | 'caller.not-permitted';

/** The rules of roles for this caller: judged on the very state that the change is made to. */
function within(
  command: Command,
  workspace: Workspace | undefined,
): Decider<ChangeRole, RoleState, RoleEvent, RoleCodes> {
  const { caller } = command;
  return {
    ...roleDecider,
    decide(change, state) {
      const tooWide = caller && handOn(caller, scopesWithin(added(change, state), state.workspaceId));
      const refusal = tooWide ?? (wakesName(change, state) ? mayGiveName(command, workspace) : undefined);
      return refusal === undefined
        ? roleDecider.decide(change, state)
        : reject('caller.not-permitted', refusal.details);
    },
  };
}

function wakesName({ scopes, isActive }: ChangeRole, state: RoleState): boolean {
  const { workspaceId } = state;
  return isActive === true && !state.isActive && isName({ scopes: scopes ?? state.scopes, workspaceId }, workspaceId);
}

/** Other apps act on its slug, and nothing in a name can be held: it takes the say over those who may have it. */
function mayGiveName(command: Command, workspace: Workspace | undefined): ReplyError | undefined {
  return workspace === undefined
    ? mayDo(command, 'update:sso/user')
    : mayChangeWorkspace(command, workspace.workspaceId, workspace);
}

/** What those who hold the role get by the change and do not have by it now. */
function added({ scopes, isActive }: ChangeRole, state: RoleState): readonly string[] {
  const after = scopes ?? state.scopes;
  if (isActive === true && !state.isActive) return after;
  return uncovered(after, state.scopes);
}
