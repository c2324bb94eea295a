import { type AppObject, fail, type Reply, type RequestOf, type registerApp, succeed } from '@evident/contracts';
import { appDecider, checkAppName, checkAppUrl, streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { allocateNumber } from '../numbers/allocate-number.ts';
import { appAfterCommand } from './app-reply.ts';
import { keyShown, keyToIssue } from './issued-key.ts';

type Request = RequestOf<typeof registerApp>;

const step = 'register';

/** Registers an app with its first key. Names need not be unique, so there is nothing to claim. */
export function createRegisterApp(env: CommandEnvironment) {
  const { log, keys } = env;

  return async ({ name, url }: Request, command: Command): Promise<Reply<AppObject & { apiKey: string }>> => {
    const checkedName = checkAppName(name);
    if (!checkedName.ok) return fail('app.name-invalid', { details: { reason: checkedName.reason } });
    const checkedUrl = checkAppUrl(url);
    if (!checkedUrl.ok) return fail('app.url-invalid', { details: { reason: checkedUrl.reason } });
    const appId = uuid5(`app/${command.id}`);
    // The same command gets the same number again, so asking for it first loses nothing.
    const allocated = await allocateNumber(env, { kind: 'app', holder: appId }, command);
    if (allocated.outcome === 'contended') return fail('write.contended');
    const { number } = allocated;
    const key = keyToIssue(keys, log.lookup, command.id, appId);
    const decision = { type: 'register-app', number, name, url, key } as const;
    const stream = streams.app(log.tenant, appId);
    const decided = await decideOnStream(env, { decider: appDecider, stream, step, decision }, command);
    if (!decided.ok) return decided;
    const after = await appAfterCommand(env, appId, step, command);
    if (!after.ok) return after;
    return succeed({ ...after.app, apiKey: keyShown(keys, command.id, appId, after.own) }, after.position);
  };
}
