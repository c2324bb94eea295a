import type { ApiKeyObject, ReplyError } from '@evident/contracts';
import { type ApiKeyEvent, type ApiKeyProfile, evolveApiKeyProfile, principalName, streams } from '@evident/domain';
import type { Position, RecordedEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { profileAfterCommand } from '../profile-after-command.ts';

export type ApiKeyAfterCommand =
  | {
      readonly ok: true;
      readonly apiKey: ApiKeyObject;
      readonly own: readonly RecordedEvent<ApiKeyEvent>[];
      readonly position: Position | undefined;
    }
  | { readonly ok: false; readonly error: ReplyError };

/** The key as the command left it, folded from its own events up to the command's last. */
export async function apiKeyAfterCommand(
  { log, now }: Pick<CommandEnvironment, 'log' | 'now'>,
  keyId: string,
  step: string,
  command: Command,
): Promise<ApiKeyAfterCommand> {
  const stream = streams.apiKey(log.tenant, keyId);
  const of = { stream, step, evolve: evolveApiKeyProfile, unknown: 'apikey.unknown' } as const;
  const after = await profileAfterCommand(log, of, command);
  if (!after.ok) return after;
  const { profile, own, position } = after;
  return { ok: true, apiKey: apiKeyObjectOf(keyId, profile, now()), own, position };
}

function apiKeyObjectOf(uid: string, profile: ApiKeyProfile, now: number): ApiKeyObject {
  const { holder, issuedBy, scopes, ...members } = profile;
  const names = { holder: principalName(holder), issuedBy: principalName(issuedBy) };
  const { revokedAt, expiresAt } = profile;
  const isActive = revokedAt === null && (expiresAt === null || now < expiresAt);
  return { uid, ...members, ...names, scopes: scopes === null ? null : [...scopes], isActive };
}
