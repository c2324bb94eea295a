import { type ReservationCommand, type ReservationState, reservationDecider, streams } from '@evident/domain';
import { runCommand } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock } from '@evident/runtime';
import type { Accounts } from '../accounts.ts';
import type { WriteContext } from '../command.ts';
import { type ClaimHolders, createClaimHolders, type HeldClaim } from './claim-holders.ts';

/** A value (an identifier, a slug), named by its keyed hash, that is to be held for one user, role or workspace. */
export interface ClaimOn extends HeldClaim {
  readonly lookup: string;
}

export type ClaimOutcome = 'claimed' | 'taken' | 'contended';
type Standing = NonNullable<ReservationState['current']>;

/** A claim whose holder has not completed it in this time may be given up by whoever is in its way. */
export const claimPatienceMs = 5_000;
/** Rivals who supersede one another's dead claims: each round one of them wins. */
const rounds = 8;

export interface ClaimsOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant' | 'states'>;
  readonly accounts: Accounts;
  readonly now: Clock;
}

/**
 * Claims on identifiers and slugs. The reservation stream orders rivals; whether a claim is complete, over or given up is
 * decided on its holder's own stream, and always there first. So a claim id stands on a reservation once and never
 * comes back, and a holder who was frozen and wakes up cannot complete what has been given to another.
 */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #holders: ClaimHolders;

  constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#holders = createClaimHolders(options);
  }

  async claim(claim: ClaimOn, command: WriteContext): Promise<ClaimOutcome> {
    let superseding: string | undefined;
    for (let round = 1; round <= rounds; round++) {
      const { claimId, holder } = claim;
      const more = superseding === undefined ? {} : { superseding };
      const outcome = await this.#reserve(claim, `claim-${claimId}`, command, {
        type: 'claim',
        claimId,
        holder,
        now: this.#options.now(),
        ...more,
      });
      if (outcome.outcome === 'accepted') return 'claimed';
      if (outcome.outcome === 'contended') return 'contended';
      // What refused the claim is the one that stands there.
      const standing = outcome.state.current;
      if (standing === undefined) continue;
      const settled = await this.#settle(claim, standing, command);
      if (settled !== 'gives-way') return settled;
      superseding = standing.claimId;
    }
    return 'contended';
  }

  /** Gives up a claim of one's own, or one that is overdue: on the holder's stream first, then on the reservation. */
  async abandon(claim: ClaimOn, command: WriteContext): Promise<'abandoned' | 'complete' | 'contended'> {
    const abandoned = await this.#holders.abandon(claim, command);
    if (abandoned === 'abandoned') await this.release(claim, command);
    return abandoned;
  }

  /** What became of a claim, by its holder's stream; undefined while it is neither complete nor over. */
  standing(claim: HeldClaim) {
    return this.#holders.standing(claim);
  }

  /** Frees the value. Only for a claim that its holder's stream says has ended or was abandoned. */
  async release(claim: Omit<ClaimOn, 'holder'>, command: WriteContext): Promise<void> {
    const { claimId } = claim;
    await this.#reserve(claim, `release-${claimId}`, command, { type: 'release', claimId });
  }

  async #settle(
    { kind, holder: taker }: ClaimOn,
    standing: Standing,
    command: WriteContext,
  ): Promise<'gives-way' | 'taken' | 'contended'> {
    const held: HeldClaim = { kind, holder: standing.holder, claimId: standing.claimId };
    const claim = await this.#holders.standing(held);
    if (claim === 'live') return 'taken';
    if (claim !== undefined) return 'gives-way';
    // One's own, of an attempt before this one, needs no patience.
    if (standing.holder !== taker && this.#options.now() - standing.claimedAt < claimPatienceMs) return 'taken';
    const abandoned = await this.#holders.abandon(held, command);
    if (abandoned === 'contended') return 'contended';
    return abandoned === 'abandoned' ? 'gives-way' : 'taken';
  }

  #reserve(
    { kind, lookup }: Pick<ClaimOn, 'kind' | 'lookup'>,
    step: string,
    { metadata, deadline }: WriteContext,
    command: ReservationCommand,
  ) {
    const { log, now } = this.#options;
    const stream = streams.reservation(log.tenant, kind, lookup);
    return runCommand(
      { store: log.store, codec: log.codec, decider: reservationDecider, now },
      { stream, step, command, metadata, deadline },
    );
  }
}
