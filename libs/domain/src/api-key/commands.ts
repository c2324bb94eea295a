import type { Principal } from '../principal.ts';

export interface IssueApiKey {
  readonly type: 'issue-api-key';
  /** Whose power it carries. */
  readonly holder: Principal;
  readonly issuedBy: Principal;
  readonly name: string;
  /** Null: all that the holder has, whenever it is used. */
  readonly scopes: readonly string[] | null;
  readonly lookup: string;
  readonly prefix: string;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

export interface RevokeApiKey {
  readonly type: 'revoke-api-key';
  readonly now: number;
}

export type ApiKeyCommand = IssueApiKey | RevokeApiKey;
