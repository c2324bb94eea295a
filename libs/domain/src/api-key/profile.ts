import type { Principal } from '../principal.ts';
import type { ApiKeyEvent } from './events.ts';

/** An API key as others see it, revoked ones too; times are milliseconds since the epoch. */
export type ApiKeyProfile = {
  readonly name: string;
  readonly holder: Principal;
  readonly issuedBy: Principal;
  readonly scopes: readonly string[] | null;
  readonly prefix: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** The profile after an event; undefined before it was issued. */
export function evolveApiKeyProfile(
  profile: ApiKeyProfile | undefined,
  event: ApiKeyEvent,
  recordedAt: number,
): ApiKeyProfile | undefined {
  if (event.type === 'apikey.issued') {
    const { lookup: _, ...members } = event.data;
    return { ...members, revokedAt: null, createdAt: recordedAt, updatedAt: recordedAt };
  }
  return profile && { ...profile, revokedAt: event.data.revokedAt, updatedAt: recordedAt };
}
