import { fail, type Reply, type RequestOf, type removeApp, succeed } from '@evident/contracts';
import { appDecider, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';

type Request = RequestOf<typeof removeApp>;

/** For ever; its keys end with it. Assignments to it stay on the users' streams and mean nothing any more. */
export function createRemoveApp(env: CommandEnvironment) {
  const { log, now } = env;

  return async ({ id }: Request, command: Command): Promise<Reply<Record<string, never>>> => {
    const appId = await resolveNumber(log, 'app', id);
    if (appId === undefined) return fail('app.unknown');
    const stream = streams.app(log.tenant, appId);
    const decision = { type: 'remove-app', now: now() } as const;
    const decided = await decideOnStream(
      env,
      { decider: appDecider, states: log.states.app, stream, step: 'remove', decision },
      command,
    );
    return decided.ok ? succeed({}, decided.accepted.position) : decided;
  };
}
