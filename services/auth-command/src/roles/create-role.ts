import { handOn, madeIn } from '@evident/caller';
import {
  type createRole,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type RoleObject,
} from '@evident/contracts';
import { countAbandoned, roleDecider, streams } from '@evident/domain';
import { runCommand, uuid5 } from '@evident/event-store';
import { firstProblem, scopesProblem, titleChecks } from '../access/check-details.ts';
import { claimSlug } from '../access/claim-slug.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { mayDo } from '../may-do.ts';
import { findOwnWork } from '../own-work.ts';
import { type RecordedRoleEvent, replyWithRole } from './role-reply.ts';
import { scopesWithin } from './scopes-of-roles.ts';

type Request = RequestOf<typeof createRole>;

const step = 'define';
/** A sweeper or a rival may give up the claim of an earlier attempt while this one goes on with it. */
const rounds = 4;

/** Defines a role: rules, what the caller may hand on, the claim on the slug, and then the role's stream, which decides. */
export function createCreateRole(env: CommandEnvironment) {
  const { log, now } = env;

  return async (request: Request, command: Command): Promise<Reply<RoleObject>> => {
    const roleId = uuid5(`role/${command.id}`);
    const earlier = await findOwnWork<RecordedRoleEvent>(log, streams.role(log.tenant, roleId), step, command);
    if (earlier.ofOtherRequest) return fail('request.idempotency-mismatch');
    if (earlier.own.length === 0) {
      const refusal = (await check(request, command)) ?? (await define(request, roleId, command));
      if (refusal !== undefined) return { ok: false, error: refusal };
    }
    return replyWithRole(env, roleId, step, command);
  };

  async function check(request: Request, command: Command): Promise<ReplyError | undefined> {
    const { caller } = command;
    const { workspaceId = null, scopes = [] } = request;
    const missing = mayDo(command, 'create:sso/role', madeIn(workspaceId, caller?.holder.id ?? null));
    const problem =
      missing ?? firstProblem('role.invalid', titleChecks(request)) ?? scopesProblem('role.invalid', scopes);
    if (problem !== undefined) return problem;
    if (workspaceId !== null && !(await isWorkspace(workspaceId))) {
      return fail('role.invalid', { details: { field: 'workspace_id', reason: 'is no workspace' } }).error;
    }
    return caller === undefined ? undefined : handOn(caller, scopesWithin(scopes, workspaceId));
  }

  async function isWorkspace(workspaceId: string): Promise<boolean> {
    const { created, removed } = (await log.states.workspace.load(streams.workspace(log.tenant, workspaceId))).state;
    return created && !removed;
  }

  async function define(request: Request, roleId: string, command: Command): Promise<ReplyError | undefined> {
    const { name, slug, description = '', scopes = [], isActive = true, workspaceId = null } = request;
    const stream = streams.role(log.tenant, roleId);
    const kind = 'role-slug';
    for (let round = 1; round <= rounds; round++) {
      const { claims } = (await log.states.role.load(stream)).state;
      const wanted = { kind, holder: roleId, given: slug, name, abandoned: countAbandoned(claims) } as const;
      const claimed = await claimSlug(env, wanted, command);
      if (!claimed.ok) return claimed.error;
      const { ok: _, ...claim } = claimed;
      const ownerId = command.caller?.holder.id ?? null;
      const details = { name, description, scopes: [...new Set(scopes)], isActive, workspaceId, ownerId };
      const outcome = await runCommand(
        { store: log.store, codec: log.codec, decider: roleDecider, now },
        {
          stream,
          step,
          command: { type: 'define-role', ...details, ...claim },
          metadata: command.metadata,
          deadline: command.deadline,
        },
      );
      if (outcome.outcome === 'accepted') return undefined;
      if (outcome.outcome === 'rejected' && outcome.code !== 'role.claim-lost') {
        return fail('request.idempotency-mismatch').error;
      }
      await env.claims.abandon({ ...claim, kind, holder: roleId }, command);
      if (outcome.outcome === 'contended') return fail('write.contended').error;
    }
    return fail('role.claim-lost').error;
  }
}
