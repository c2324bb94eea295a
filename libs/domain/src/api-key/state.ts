import type { Principal } from '../principal.ts';
import type { ApiKeyEvent } from './events.ts';

export interface ApiKeyState {
  /** Undefined before it was issued. */
  readonly issued: IssuedApiKey | undefined;
  readonly revokedAt: number | undefined;
}

export interface IssuedApiKey {
  readonly holder: Principal;
  readonly issuedBy: Principal;
  readonly name: string;
  readonly scopes: readonly string[] | null;
  readonly lookup: string;
  readonly prefix: string;
  readonly expiresAt: number | null;
}

export const initialApiKey: ApiKeyState = { issued: undefined, revokedAt: undefined };

export function evolveApiKey(state: ApiKeyState, event: ApiKeyEvent): ApiKeyState {
  switch (event.type) {
    case 'apikey.issued':
      return { ...state, issued: event.data };
    case 'apikey.revoked':
      return { ...state, revokedAt: event.data.revokedAt };
  }
}

/** The key where it was issued, was not revoked and has not expired; whether its holder stands is not asked. */
export function livingApiKey({ issued, revokedAt }: ApiKeyState, now: number): IssuedApiKey | undefined {
  if (issued === undefined || revokedAt !== undefined) return undefined;
  return issued.expiresAt === null || now < issued.expiresAt ? issued : undefined;
}
