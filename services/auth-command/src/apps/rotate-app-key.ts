import { fail, type Reply, type RequestOf, type rotateAppKey, succeed, type ValueOf } from '@evident/contracts';
import { type AppEvent, appDecider, streams } from '@evident/domain';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { decideOnStream } from '../decide-on-stream.ts';
import { resolveNumber } from '../numbers/resolve-number.ts';
import { appAfterCommand } from './app-reply.ts';
import { keyShown, keyToIssue } from './issued-key.ts';

type Request = RequestOf<typeof rotateAppKey>;
type Value = ValueOf<typeof rotateAppKey>;

const step = 'rotate';

/** A new key; the one before it counts on for the grace, an older one ends at once. */
export function createRotateAppKey(env: CommandEnvironment) {
  const { log, keys, now } = env;

  return async ({ id, graceSeconds }: Request, command: Command): Promise<Reply<Value>> => {
    const appId = await resolveNumber(log, 'app', id);
    if (appId === undefined) return fail('app.unknown');
    const key = keyToIssue(keys, log.lookup, command.id, appId);
    const decision = { type: 'rotate-key', key, now: now(), graceMs: graceSeconds * 1_000 } as const;
    const stream = streams.app(log.tenant, appId);
    const decided = await decideOnStream(
      env,
      { decider: appDecider, states: log.states.app, stream, step, decision },
      command,
    );
    if (!decided.ok) return decided;
    const after = await appAfterCommand(env, appId, step, command);
    if (!after.ok) return after;
    const previousKeyExpiresAt = graceSeconds === 0 ? null : expiryOfPrevious(after.own);
    return succeed({ apiKey: keyShown(keys, command.id, appId, after.own), previousKeyExpiresAt }, after.position);
  };
}

/** The key that was present is revoked last, for the end of its grace. */
function expiryOfPrevious(own: readonly AppEvent[]): number | null {
  const revoked = own.findLast((event) => event.type === 'app.key-revoked');
  return revoked?.data.effectiveAt ?? null;
}
