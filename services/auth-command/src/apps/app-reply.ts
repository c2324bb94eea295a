import { type AppObject, fail, type ReplyError } from '@evident/contracts';
import { type AppEvent, type AppProfile, evolveAppProfile, streams } from '@evident/domain';
import type { Position, StoredEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { type OwnHistory, ownHistory } from '../own-work.ts';

export type RecordedAppEvent = AppEvent & { readonly stored: StoredEvent };

export type AppAfterCommand =
  | {
      readonly ok: true;
      readonly app: AppObject;
      readonly own: readonly RecordedAppEvent[];
      readonly position: Position | undefined;
    }
  | { readonly ok: false; readonly error: ReplyError };

/** The app as the command left it, folded from its own events up to the command's last. */
export async function appAfterCommand(
  { log }: Pick<CommandEnvironment, 'log'>,
  appId: string,
  step: string,
  command: Command,
): Promise<AppAfterCommand> {
  const work = await ownHistory<RecordedAppEvent>(log, streams.app(log.tenant, appId), step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const profile = profileAfter(work);
  if (profile === undefined) return fail('app.unknown');
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  return { ok: true, app: { uid: appId, ...profile }, own: work.own, position };
}

function profileAfter({ history }: OwnHistory<RecordedAppEvent>): AppProfile | undefined {
  return history.reduce<AppProfile | undefined>(
    (profile, event) => evolveAppProfile(profile, event, event.stored.recordedAt),
    undefined,
  );
}
