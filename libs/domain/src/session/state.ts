import type { SessionEvent } from './events.ts';

/** Each event but the first tells all that counts, so a fold may begin at the last one. */
export interface SessionState {
  readonly opened: boolean;
  readonly revoked: boolean;
  readonly userId: string;
  readonly audience: string;
  readonly generation: number;
  readonly methods: readonly string[];
  readonly openedAt: number;
  /** When the session ends unless it is refreshed. */
  readonly expiresAt: number;
  /** What the newest tokens are made of, and since when they are. */
  readonly issued: {
    readonly tokenId: string;
    readonly at: number;
    readonly accessExpiresAt: number;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
  };
  /** `jti` of the refresh token that counts; null where there is none. */
  readonly refreshId: string | null;
  /** The token before it, and who replaced it; null where none was. */
  readonly replaced: { readonly refreshId: string; readonly caller: string } | null;
}

export const initialSession: SessionState = {
  opened: false,
  revoked: false,
  userId: '',
  audience: '',
  generation: 0,
  methods: [],
  openedAt: 0,
  expiresAt: 0,
  issued: { tokenId: '', at: 0, accessExpiresAt: 0, roles: [], scopes: [] },
  refreshId: null,
  replaced: null,
};

export function evolveSession(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'session.opened':
      return { ...tokensOf(event.data, event.data.openedAt), opened: true, revoked: false, replaced: null };
    case 'session.refreshed': {
      const { replacedId, caller, refreshedAt } = event.data;
      const replaced = replacedId === null ? null : { refreshId: replacedId, caller };
      return { ...tokensOf(event.data, refreshedAt), opened: true, revoked: false, replaced };
    }
    case 'session.reuse-detected':
      return { ...state, opened: true, userId: event.data.userId };
    case 'session.revoked':
      return { ...state, opened: true, revoked: true, userId: event.data.userId };
  }
}

type IssuingEvent = Extract<SessionEvent, { readonly type: 'session.opened' | 'session.refreshed' }>;

function tokensOf(data: IssuingEvent['data'], at: number): Omit<SessionState, 'opened' | 'revoked' | 'replaced'> {
  const { userId, audience, generation, methods, openedAt, expiresAt, refreshId } = data;
  const { tokenId, accessExpiresAt, roles, scopes } = data;
  const issued = { tokenId, at, accessExpiresAt, roles, scopes };
  return { userId, audience, generation, methods, openedAt, expiresAt, refreshId, issued };
}
