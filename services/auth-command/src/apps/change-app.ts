import { type AppObject, type changeApp, fail, type Reply, type RequestOf, succeed } from '@evident/contracts';
import { appDecider, type ChangeApp, checkAppName, checkAppUrl, isLivingApp, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';
import { appAfterCommand } from './app-reply.ts';

type Request = RequestOf<typeof changeApp>;

const step = 'change';

/** Changes name, URL or whether the app is active; absent members stay as they are. */
export function createChangeApp(env: CommandEnvironment) {
  const { log } = env;

  return async ({ id, ...members }: Request, command: Command): Promise<Reply<AppObject>> => {
    const appId = await resolveNumber(log, 'app', id);
    if (appId === undefined) return fail('app.unknown');
    const stream = streams.app(log.tenant, appId);
    const { state } = await log.states.app.load(stream);
    // A repeat is answered as the first was, also once the app is gone.
    if (!isLivingApp(state)) return reply(appId, command);
    const name = members.name === undefined ? undefined : checkAppName(members.name);
    if (name?.ok === false) return fail('app.name-invalid', { details: { reason: name.reason } });
    const url = members.url === undefined ? undefined : checkAppUrl(members.url);
    if (url?.ok === false) return fail('app.url-invalid', { details: { reason: url.reason } });
    const decided = await decideOnStream(
      env,
      { decider: appDecider, states: log.states.app, stream, step, decision: changeOf(members) },
      command,
    );
    return decided.ok ? reply(appId, command) : decided;
  };

  async function reply(appId: string, command: Command): Promise<Reply<AppObject>> {
    const after = await appAfterCommand(env, appId, step, command);
    return after.ok ? succeed(after.app, after.position) : after;
  }
}

function changeOf({ name, url, isActive }: Omit<Request, 'id'>): ChangeApp {
  return {
    type: 'change-app',
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(isActive === undefined ? {} : { isActive }),
  };
}
