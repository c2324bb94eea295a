export interface Claim {
  readonly type: 'claim';
  readonly claimId: string;
  /** Uuid of the user. */
  readonly holder: string;
  readonly now: number;
  /** A claim that the holder's own stream says has ended or was abandoned: it gives way to this one. */
  readonly superseding?: string;
}

export interface Release {
  readonly type: 'release';
  readonly claimId: string;
}

export type ReservationCommand = Claim | Release;
