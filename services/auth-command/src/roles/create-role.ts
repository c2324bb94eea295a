import { handOn, madeIn } from '@evident/caller';
import {
  type createRole,
  fail,
  type Reply,
  type ReplyError,
  type RequestOf,
  type RoleObject,
} from '@evident/contracts';
import { type RoleCommand, roleDecider, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import { firstProblem, scopesProblem, titleChecks } from '../check-details.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { isWorkspace } from '../grants/is-workspace.ts';
import { scopesWithin } from '../grants/scopes-of-roles.ts';
import { mayDo } from '../may-do.ts';
import { unlessDone } from '../own-work.ts';
import { makeWithSlug } from '../slugs/make-with-slug.ts';
import { replyWithRole } from './role-reply.ts';

type Request = RequestOf<typeof createRole>;

const step = 'define';

/** Defines a role: rules, what the caller may hand on, the claim on the slug, and then the role's stream, which decides. */
export function createCreateRole(env: CommandEnvironment) {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<RoleObject>> => {
    const roleId = uuid5(`role/${command.id}`);
    const stream = streams.role(log.tenant, roleId);
    const refusal = await unlessDone(
      log,
      { stream, step },
      command,
      async () => (await check(request, command)) ?? define(request, roleId, command),
    );
    return refusal === undefined ? replyWithRole(env, roleId, step, command) : { ok: false, error: refusal };
  };

  async function check(request: Request, command: Command): Promise<ReplyError | undefined> {
    const { caller } = command;
    const { workspaceId = null, scopes = [] } = request;
    const missing = mayDo(command, 'create:sso/role', madeIn(workspaceId, caller?.holder.id ?? null));
    const problem =
      missing ?? firstProblem('role.invalid', titleChecks(request)) ?? scopesProblem('role.invalid', scopes);
    if (problem !== undefined) return problem;
    if (workspaceId !== null && !(await isWorkspace(log, workspaceId))) {
      return fail('role.invalid', { details: { field: 'workspace_id', reason: 'is no workspace' } }).error;
    }
    return caller === undefined ? undefined : handOn(caller, scopesWithin(scopes, workspaceId));
  }

  function define(request: Request, roleId: string, command: Command): Promise<ReplyError | undefined> {
    const { name, slug, description = '', scopes = [], isActive = true, workspaceId = null } = request;
    const ownerId = command.caller?.holder.id ?? null;
    const details = { name, description, scopes: [...new Set(scopes)], isActive, workspaceId, ownerId };
    return makeWithSlug(
      env,
      {
        wanted: { kind: 'role-slug', holder: roleId, given: slug, name },
        decider: roleDecider,
        states: log.states.role,
        stream: streams.role(log.tenant, roleId),
        step,
        decision: (claim): RoleCommand => ({ type: 'define-role', ...details, ...claim }),
        claimLost: 'role.claim-lost',
      },
      command,
    );
  }
}
