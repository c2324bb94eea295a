import { type ApiKeyObject, fail, type ReplyError } from '@evident/contracts';
import { type ApiKeyEvent, type ApiKeyProfile, evolveApiKeyProfile, principalName, streams } from '@evident/domain';
import type { Position, StoredEvent } from '@evident/event-store';
import type { Command } from '../command.ts';
import type { CommandEnvironment } from '../command-environment.ts';
import { ownHistory } from '../own-work.ts';

export type RecordedApiKeyEvent = ApiKeyEvent & { readonly stored: StoredEvent };

export type ApiKeyAfterCommand =
  | {
      readonly ok: true;
      readonly apiKey: ApiKeyObject;
      readonly own: readonly RecordedApiKeyEvent[];
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
  const work = await ownHistory<RecordedApiKeyEvent>(log, streams.apiKey(log.tenant, keyId), step, command);
  if (work.ofOtherRequest) return fail('request.idempotency-mismatch');
  const profile = work.history.reduce<ApiKeyProfile | undefined>(
    (before, event) => evolveApiKeyProfile(before, event, event.stored.recordedAt),
    undefined,
  );
  if (profile === undefined) return fail('apikey.unknown');
  const position = work.own.at(-1)?.stored.position ?? (await log.store.lastPosition());
  const { holder, issuedBy, scopes, ...members } = profile;
  const names = { holder: principalName(holder), issuedBy: principalName(issuedBy) };
  const { revokedAt, expiresAt } = profile;
  const isActive = revokedAt === null && (expiresAt === null || now() < expiresAt);
  const apiKey = { uid: keyId, ...members, ...names, scopes: scopes === null ? null : [...scopes], isActive };
  return { ok: true, apiKey, own: work.own, position };
}
