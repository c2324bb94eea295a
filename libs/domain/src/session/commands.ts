export interface OpenSession {
  readonly type: 'open-session';
  readonly userId: string;
  readonly audience: string;
  readonly generation: number;
  readonly evidence: { readonly stream: string; readonly revision: number; readonly eventId: string };
  readonly now: number;
  readonly expiresAt: number;
}

export interface RevokeSession {
  readonly type: 'revoke-session';
  readonly now: number;
}

export type SessionCommand = OpenSession | RevokeSession;
