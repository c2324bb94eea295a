/** Someone whose credential was right a moment ago, by the end of their own stream. */
export interface Caller {
  /** As events name it: `user:<uuid>`. */
  readonly actor: string;
  readonly userId: string;
  readonly isAdmin: boolean;
  /** What the caller holds now, whatever the token says. */
  readonly scopes: readonly string[];
  readonly sessionId: string;
  /** Security generation of the user. */
  readonly generation: number;
}
