/** `grant` also puts a suspended administrator back. */
export interface ChangeRoster {
  readonly type: 'grant' | 'suspend' | 'revoke' | 'claim-owner';
  readonly userId: string;
  /**
   * Others whose own streams say, read just now, that they are active administrators. Where given, only these count
   * as left: an entry that a crash left behind between two steps saves nobody.
   */
  readonly confirmed?: readonly string[];
}

export type RosterCommand = ChangeRoster;
