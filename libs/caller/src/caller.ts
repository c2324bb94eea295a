/** Someone whose credential was right a moment ago, by the ends of the streams that say so. */
export interface Caller {
  /** As events name it: `user:<uuid>`, `service:<uuid>` or, for a key, `apikey:<uuid>`. */
  readonly actor: string;
  /** For whom a key acts: `user:<uuid>` or `service:<uuid>`. */
  readonly onBehalfOf?: string;
  /** Whose things are the caller's own: of a key, its holder. */
  readonly holder: { readonly kind: 'user' | 'agent'; readonly id: string };
  readonly tenant: string;
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  /** What the caller holds now, whatever the token says. The same array as long as nothing changed. */
  readonly scopes: readonly string[];
  /** Of a key: what its holder holds now. What is not allowed by both is not allowed. */
  readonly bounds?: readonly string[];
  /** Active workspaces of the holder; of an administrator all they ever joined, since these decide nothing. */
  readonly workspaceIds: readonly string[];
  readonly sessionId?: string;
  /** Security generation of the holder. */
  readonly generation: number;
  /** What the token was made for; empty where the credential is a key. */
  readonly audience: string;
}
