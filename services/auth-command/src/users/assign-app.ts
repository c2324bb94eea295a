import { type assignApp, fail, type Reply, type RequestOf, succeed } from '@evident/contracts';
import { isLivingApp, isLivingUser, streams, type UserCommand, userDecider } from '@evident/domain';
import type { RecordedUserEvent } from '../accounts.ts';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';
import { findOwnWork } from '../own-work.ts';

type Request = RequestOf<typeof assignApp>;

/** Assigning and unassigning; either again is already so. The user is looked for first. */
export function createAssignApp(env: CommandEnvironment, type: 'assign-app' | 'unassign-app') {
  const { log } = env;

  return async (request: Request, command: Command): Promise<Reply<Record<string, never>>> => {
    const userId = await resolveNumber(log, 'user', request.userId);
    if (userId === undefined) return fail('user.unknown');
    const stream = streams.user(log.tenant, userId);
    const appId = await resolveNumber(log, 'app', request.appId);
    const gone = await firstGone(stream, appId);
    if (gone !== undefined) {
      // A repeat is answered as the first was, also once the user or the app is gone.
      const { own } = await findOwnWork<RecordedUserEvent>(log, stream, type, command);
      if (own.length === 0) return fail(gone);
    }
    if (appId === undefined) return fail('app.unknown');
    const decision: UserCommand = type === 'assign-app' ? { type, appId, appNumber: request.appId } : { type, appId };
    const decided = await decideOnStream(
      env,
      { decider: userDecider, states: log.states.user, stream, step: type, decision },
      command,
    );
    return decided.ok ? succeed({}, decided.accepted.position) : decided;
  };

  async function firstGone(stream: string, appId: string | undefined) {
    const { user } = (await env.accounts.load(stream)).state;
    if (!isLivingUser(user)) return 'user.unknown';
    if (appId === undefined) return 'app.unknown';
    const { state: app } = await log.states.app.load(streams.app(log.tenant, appId));
    return isLivingApp(app) ? undefined : 'app.unknown';
  }
}
