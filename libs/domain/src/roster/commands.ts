/** `grant` also puts a suspended administrator back. */
export interface ChangeRoster {
  readonly type: 'grant' | 'suspend' | 'revoke' | 'claim-owner';
  readonly userId: string;
}

export type RosterCommand = ChangeRoster;
