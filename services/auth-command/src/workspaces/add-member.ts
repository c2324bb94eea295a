import { personAttributes, workspaceAttributes } from '@evident/caller';
import {
  type addMember,
  fail,
  type MembershipObject,
  type Reply,
  type ReplyError,
  type RequestOf,
} from '@evident/contracts';
import {
  accept,
  type Decider,
  isLivingUser,
  isLivingWorkspace,
  streams,
  type UserCommand,
  type UserEvent,
  type UserState,
  userDecider,
} from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { type FoundGrants, findGrants, rejectGrants } from '../grants/find-grants.ts';
import { findRolesNamed } from '../grants/find-roles.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { replyWithMembership } from './membership-reply.ts';

type Request = RequestOf<typeof addMember>;

const step = 'join';
const plainMembership = 'member';

/**
 * Takes a user into a workspace with roles there; again with others, these count, and without a word of roles they stay
 * as they are. All of it is on the user's stream.
 * Being in it brings the user within reach of whoever administers it, so it takes the say over both.
 */
export function createAddMember(env: CommandEnvironment) {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<MembershipObject>> => {
    const { workspaceId, userId } = request;
    const stream = streams.user(log.tenant, userId);
    const refusal = await unlessDone(log, { stream, step }, command, () => add(request, command));
    if (refusal !== undefined) return { ok: false, error: refusal };
    return replyWithMembership(env, { workspaceId, userId, step }, command);
  };

  async function add({ workspaceId, userId, roles }: Request, command: Command): Promise<ReplyError | undefined> {
    const { state } = await log.states.workspace.load(streams.workspace(log.tenant, workspaceId));
    const isThere = isLivingWorkspace(state);
    const attributes = isThere ? workspaceAttributes(workspaceId, state) : undefined;
    const missing = mayDo(command, 'update:sso/workspace', attributes);
    if (missing !== undefined) return missing;
    if (!isThere) return fail('workspace.unknown').error;
    const stream = streams.user(log.tenant, userId);
    const { user } = (await env.accounts.load(stream)).state;
    const isUser = isLivingUser(user);
    const person = isUser ? personAttributes(userId, user.workspaces.keys()) : undefined;
    const beyond = mayDo(command, 'update:sso/user', person);
    if (beyond !== undefined) return beyond;
    if (!isUser) return fail('user.unknown').error;
    const named = await withoutPlainMembership(roles ?? [], command);
    if (!named.ok) return named.error;
    const grants = await findGrants(env, { workspaceRoles: { [workspaceId]: named.roles } }, command);
    if (!grants.ok) return grants.error;
    const { workspaces = [] } = grants.detailsFor({ roleIds: [], scopes: [], workspaces: new Map() });
    const roleIds = workspaces.find((workspace) => workspace.workspaceId === workspaceId)?.roleIds ?? [];
    const decision = { type: 'join-workspace', workspaceId, roleIds } as const;
    const rules = within(grants, command);
    const decider = roles === undefined ? onlyJoining(rules) : rules;
    const decided = await decideOnStream(env, { decider, states: log.states.user, stream, step, decision }, command);
    return decided.ok ? undefined : decided.error;
  }

  /** Clients that know no roles say `member` for somebody who just belongs to it. */
  async function withoutPlainMembership(roles: readonly string[], command: Command) {
    if (!roles.includes(plainMembership)) return { ok: true, roles } as const;
    const found = await findRolesNamed(env, [plainMembership], command);
    if (!found.ok) return found;
    const { unknown } = found;
    return { ok: true, roles: roles.filter((role) => role !== plainMembership || !unknown.includes(role)) } as const;
  }
}

type UserCodes =
  | Extract<ReturnType<typeof userDecider.decide>, { accepted: false }>['code']
  | 'caller.not-permitted'
  | 'write.contended';

/** Whoever is in it already is left as they are. */
function onlyJoining(rules: ReturnType<typeof within>): ReturnType<typeof within> {
  return {
    ...rules,
    decide(join, state) {
      const isIn = join.type === 'join-workspace' && state.workspaces.has(join.workspaceId);
      return isIn ? accept() : rules.decide(join, state);
    },
  };
}

/** The rules of users for this caller: what is handed on is judged on the very state that the user is changed from. */
function within(grants: FoundGrants, command: Command): Decider<UserCommand, UserState, UserEvent, UserCodes> {
  return {
    ...userDecider,
    decide(join, state) {
      const refusal = grants.refusalFor(state, command);
      return refusal === undefined ? userDecider.decide(join, state) : rejectGrants(refusal);
    },
  };
}
