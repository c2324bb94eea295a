import type { SessionEvent } from './events.ts';

export interface SessionState {
  readonly opened: boolean;
  readonly revoked: boolean;
  readonly userId: string;
  readonly audience: string;
  readonly generation: number;
  readonly openedAt: number;
  readonly expiresAt: number;
}

export const initialSession: SessionState = {
  opened: false,
  revoked: false,
  userId: '',
  audience: '',
  generation: 0,
  openedAt: 0,
  expiresAt: 0,
};

export function evolveSession(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'session.opened': {
      const { userId, audience, generation, openedAt, expiresAt } = event.data;
      return { ...state, opened: true, userId, audience, generation, openedAt, expiresAt };
    }
    case 'session.revoked':
      return { ...state, revoked: true };
  }
}
