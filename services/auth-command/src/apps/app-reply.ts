import type { AppObject, ReplyError } from '@evident/contracts';
import { type AppEvent, evolveAppProfile, streams } from '@evident/domain';
import type { Position, RecordedEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { profileAfterCommand } from '../profile-after-command.ts';

export type AppAfterCommand =
  | {
      readonly ok: true;
      readonly app: AppObject;
      readonly own: readonly RecordedEvent<AppEvent>[];
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
  const stream = streams.app(log.tenant, appId);
  const of = { stream, step, evolve: evolveAppProfile, unknown: 'app.unknown' } as const;
  const after = await profileAfterCommand(log, of, command);
  if (!after.ok) return after;
  const { profile, own, position } = after;
  return { ok: true, app: { uid: appId, ...profile }, own, position };
}
