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
import { countAbandoned, streams, userDecider, workspaceDecider } from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import { firstProblem, titleChecks, workspaceChecks } from '../access/check-details.ts';
import { claimSlug } from '../access/claim-slug.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { mayDo } from '../may-do.ts';
import { findOwnWork } from '../own-work.ts';
import { type RecordedWorkspaceEvent, replyWithWorkspace } from './workspace-reply.ts';

type Request = RequestOf<typeof createWorkspace>;

const step = 'create';
/** A sweeper or a rival may give up the claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** Creates a workspace: rules, the claim on the slug, the workspace's stream, which decides, and its first member. */
export function createCreateWorkspace(env: CommandEnvironment) {
  const { log, now } = env;

  return async (request: Request, command: Command): Promise<Reply<WorkspaceObject>> => {
    const workspaceId = uuid5(`workspace/${command.id}`);
    const stream = streams.workspace(log.tenant, workspaceId);
    const earlier = await findOwnWork<RecordedWorkspaceEvent>(log, stream, step, command);
    if (earlier.ofOtherRequest) return fail('request.idempotency-mismatch');
    if (earlier.own.length === 0) {
      const refusal = check(request, command) ?? (await create(request, workspaceId, command));
      if (refusal !== undefined) return { ok: false, error: refusal };
    }
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

  async function create(request: Request, workspaceId: string, command: Command): Promise<ReplyError | undefined> {
    const { name, slug, description = '', logoUrl = null, settings = {}, isActive = true } = request;
    const stream = streams.workspace(log.tenant, workspaceId);
    const kind = 'workspace-slug';
    for (let round = 1; round <= rounds; round++) {
      const { claims } = (await log.states.workspace.load(stream)).state;
      const wanted = { kind, holder: workspaceId, given: slug, name, abandoned: countAbandoned(claims) } as const;
      const claimed = await claimSlug(env, wanted, command);
      if (!claimed.ok) return claimed.error;
      const { ok: _, ...claim } = claimed;
      const ownerId = command.caller?.holder.id ?? null;
      const details = { name, description, logoUrl, settings, isActive, ownerId };
      const outcome = await runCommand(
        { store: log.store, codec: log.codec, decider: workspaceDecider, now },
        {
          stream,
          step,
          command: { type: 'create-workspace', ...details, ...claim },
          metadata: command.metadata,
          deadline: command.deadline,
        },
      );
      if (outcome.outcome === 'accepted') return undefined;
      if (outcome.outcome === 'rejected' && outcome.code !== 'workspace.claim-lost') {
        return fail('request.idempotency-mismatch').error;
      }
      await env.claims.abandon({ ...claim, kind, holder: workspaceId }, command);
      if (outcome.outcome === 'contended') return fail('write.contended').error;
    }
    return fail('workspace.claim-lost').error;
  }

  /** The membership of the user who made it, unless they were removed since; undefined where no user did. */
  async function join(workspaceId: string, command: Command) {
    const holder = command.caller?.holder;
    if (holder?.kind !== 'user') return undefined;
    const decision = { type: 'join-workspace', workspaceId, roleIds: [] } as const;
    const stream = streams.user(log.tenant, holder.id);
    return decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step: 'join', decision },
      command,
    );
  }
}
