import { type assignApp, fail, type Reply, type ReplyError, type RequestOf, succeed } from '@evident/contracts';
import { streams, type UserCommand, userDecider } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';

type Request = RequestOf<typeof assignApp>;

/** Assigning and unassigning; either again is already so. The user is looked for first. */
export function createAssignApp(env: CommandEnvironment, type: 'assign-app' | 'unassign-app') {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<Record<string, never>>> => {
    const found = await find(request);
    if (!found.ok) return found;
    const { userId, appId } = found;
    const decision: UserCommand = type === 'assign-app' ? { type, appId, appNumber: request.appId } : { type, appId };
    const stream = streams.user(log.tenant, userId);
    const decided = await decideOnStream(env, { decider: userDecider, stream, step: type, decision }, command);
    return decided.ok ? succeed({}, decided.accepted.position) : decided;
  };

  async function find(
    request: Request,
  ): Promise<{ ok: true; userId: string; appId: string } | { ok: false; error: ReplyError }> {
    const userId = await resolveNumber(log, 'user', request.userId);
    if (userId === undefined) return fail('user.unknown');
    const { user } = (await env.accounts.load(streams.user(log.tenant, userId))).state;
    if (!user.registered || user.removed) return fail('user.unknown');
    const appId = await resolveNumber(log, 'app', request.appId);
    if (appId === undefined) return fail('app.unknown');
    const app = (await log.states.app.load(streams.app(log.tenant, appId))).state;
    if (!app.registered || app.removed) return fail('app.unknown');
    return { ok: true, userId, appId };
  }
}
