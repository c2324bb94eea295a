import { madeIn } from '@evident/caller';
import {
  type createWorkspace,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  succeed,
  type WorkspaceObject,
} from '@evident/contracts';
import { streams, type UserCommand, userDecider, type WorkspaceCommand, workspaceDecider } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { firstProblem, titleChecks, workspaceChecks } from '../check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { makeWithSlug } from '../slugs/make-with-slug.ts';
import { replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof createWorkspace>;

const step = 'create';
const joining = (workspaceId: string): UserCommand => ({ type: 'join-workspace', workspaceId, roleIds: [] });

/** Creates a workspace: rules, the claim on the slug, the workspace's stream, which decides, and its first member. */
export function createCreateWorkspace(env: CommandEnvironment) {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const workspaceId = uuid5(`workspace/${command.id}`);
    const stream = streams.workspace(log.tenant, workspaceId);
    const refusal = await unlessDone(
      log,
      { stream, step },
      command,
      async () =>
        check(request, command) ?? (await whyNotIn(workspaceId, command)) ?? create(request, workspaceId, command),
    );
    if (refusal !== undefined) return { ok: false, error: refusal };
    // Last, so that nobody is in a workspace that there is not; a repeat of a command that stopped here goes on here.
    const joined = await join(workspaceId, command);
    // The workspace is there by now, so it is not said that nothing was changed.
    if (joined?.ok === false && joined.error.code === 'write.contended') return fail('deadline.passed');
    const reply = await replyWithWorkspace(env, workspaceId, step, command);
    return reply.ok && joined?.ok === true ? succeed(reply.value, joined.accepted.position) : reply;
  };

  function check(request: Request, command: Command): ReplyError | undefined {
    const missing = mayDo(command, 'create:sso/workspace', madeIn(null, command.caller?.holder.id ?? null));
    return missing ?? firstProblem('workspace.invalid', [...titleChecks(request), ...workspaceChecks(request)]);
  }

  /** Asked before anything is made, so that no workspace belongs to somebody who cannot be in it. */
  async function whyNotIn(workspaceId: string, { caller }: Command): Promise<ReplyError | undefined> {
    if (caller?.holder.kind !== 'user') return undefined;
    const { state } = await log.states.user.load(streams.user(log.tenant, caller.holder.id));
    const decision = userDecider.decide(joining(workspaceId), state);
    return decision.accepted || decision.code !== 'user.too-large' ? undefined : fail(decision.code).error;
  }

  function create(request: Request, workspaceId: string, command: Command): Promise<ReplyError | undefined> {
    const { name, slug, description = '', logoUrl = null, settings = {}, isActive = true } = request;
    const ownerId = command.caller?.holder.id ?? null;
    const details = { name, description, logoUrl, settings, isActive, ownerId };
    return makeWithSlug(
      env,
      {
        wanted: { kind: 'workspace-slug', holder: workspaceId, given: slug, name },
        decider: workspaceDecider,
        states: log.states.workspace,
        stream: streams.workspace(log.tenant, workspaceId),
        step,
        decision: (claim): WorkspaceCommand => ({ type: 'create-workspace', ...details, ...claim }),
        claimLost: 'workspace.claim-lost',
      },
      command,
    );
  }

  /** The membership of the user who made it, unless they were removed since; undefined where no user did. */
  async function join(workspaceId: string, command: Command) {
    const holder = command.caller?.holder;
    if (holder?.kind !== 'user') return undefined;
    const decision = joining(workspaceId);
    const stream = streams.user(log.tenant, holder.id);
    return decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step: 'join', decision },
      command,
    );
  }
}
