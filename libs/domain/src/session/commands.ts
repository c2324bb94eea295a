import type { RevocationReason } from './events.ts';

/** What the next tokens of a session are to be made of. */
export interface TokensToIssue {
  /** The event's own id. */
  readonly tokenId: string;
  readonly accessExpiresAt: number;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

export interface OpenSession extends TokensToIssue {
  readonly type: 'open-session';
  readonly userId: string;
  readonly audience: string;
  readonly generation: number;
  readonly methods: readonly string[];
  readonly evidence: { readonly stream: string; readonly revision: number; readonly eventId: string };
  readonly now: number;
  readonly expiresAt: number;
  /** Null: a session of one access token. */
  readonly refreshId: string | null;
  readonly clientIp?: string;
  readonly userAgent?: string;
}

export interface RefreshSession extends TokensToIssue {
  readonly type: 'refresh-session';
  /** `jti` of the refresh token that was sent; its signature has been checked. */
  readonly presentedId: string;
  /** When the request came, before anything was read. */
  readonly now: number;
  /** Of the session, where its refresh token is replaced. */
  readonly expiresAt: number;
  readonly rotate: boolean;
  readonly windowMs: number;
  /** Keyed hash of the client's address and agent. */
  readonly caller: string;
  /** The same under every lookup key that counts, `caller` among them. */
  readonly callers: readonly string[];
}

export interface RevokeSession {
  readonly type: 'revoke-session';
  readonly reason: Exclude<RevocationReason, 'reuse'>;
  readonly now: number;
}

export type SessionCommand = OpenSession | RefreshSession | RevokeSession;
