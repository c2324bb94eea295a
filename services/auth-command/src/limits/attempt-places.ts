import {
  type AttemptPolicy,
  type AttemptResult,
  type AttemptTallies,
  admitAttempt,
  callerTallyKey,
  emptyTally,
  type RefilledTallies,
  settleAttempt,
  type ThrottlingLimit,
} from '@evident/domain';
import type { Clock } from '@evident/runtime';
import type { OpenWaits } from './open-waits.ts';
import type { Tallies } from './tallies.port.ts';
import type { WaitingLine } from './waiting-line.ts';

/** Who is tried by whom, under the keyed hashes that attempts are counted by. */
export interface AccountTried {
  readonly account: string;
  readonly caller: string;
  /** Uuid of the user where the name is known. */
  readonly userId: string | undefined;
}

/** A place that an attempt holds until it is settled; to be settled exactly once. */
export interface Place<Result = AttemptResult> {
  readonly outcome: 'place';
  settle(result: Result): void;
}

export interface Refused {
  readonly outcome: 'refused';
  readonly limit: ThrottlingLimit;
  readonly until: number;
  /** This one begins the wait. */
  readonly first: boolean;
}

/** All places were held by attempts in flight until the time was up. */
export interface NoPlace {
  readonly outcome: 'no-place';
}

export type Admitted<Result = AttemptResult> = Place<Result> | Refused | NoPlace;

export interface AttemptPlacesOptions {
  readonly tallies: Tallies;
  readonly line: WaitingLine;
  readonly waits: Pick<OpenWaits, 'closeIfOver'>;
  readonly policy: AttemptPolicy;
  readonly recall: (tried: AccountTried) => Promise<RefilledTallies>;
  readonly now: Clock;
}

const withoutPlace: Place = { outcome: 'place', settle: () => {} };

/** Limits of attempts on one account (api/asf.md, "limits"): a place is held from before the hash to the verdict. */
export class AttemptPlaces {
  readonly #options: AttemptPlacesOptions;
  readonly #recalling = new Map<string, Promise<void>>();

  constructor(options: AttemptPlacesOptions) {
    this.#options = options;
  }

  /**
   * Waits where all places are held, until `deadline` at most; who is proven already makes no guess and need not wait.
   */
  async take(tried: AccountTried, deadline: number, isProven: () => boolean): Promise<Admitted> {
    const { tallies, line, waits, policy, now } = this.#options;
    if (tallies.read(tried.account) === undefined) await this.#recall(tried);
    for (let called = false; ; called = true) {
      waits.closeIfOver(tried.account);
      waits.closeIfOver(callerTallyKey(tried.account, tried.caller));
      const admission = admitAttempt(this.#read(tried), policy, now());
      if (admission.admission === 'wait') {
        if (isProven()) return withoutPlace;
        if (!(await line.wait(tried.account, deadline - now()))) return { outcome: 'no-place' };
        continue;
      }
      this.#write(tried, admission.tallies);
      if (called) line.callNext(tried.account);
      if (admission.admission === 'admitted') return this.#place(tried, admission.exempt);
      const { limit, until, firstOfWindow: first } = admission;
      return { outcome: 'refused', limit, until, first };
    }
  }

  #place(tried: AccountTried, exempt: boolean): Place {
    return {
      outcome: 'place',
      settle: (result) => {
        const { policy, now, line } = this.#options;
        this.#write(tried, settleAttempt(this.#read(tried), { exempt, result }, policy, now()));
        line.callNext(tried.account);
      },
    };
  }

  #read({ account, caller }: AccountTried): AttemptTallies {
    const { tallies } = this.#options;
    return {
      caller: tallies.read(callerTallyKey(account, caller)) ?? emptyTally,
      account: tallies.read(account) ?? emptyTally,
    };
  }

  #write({ account, caller }: AccountTried, tallies: AttemptTallies): void {
    this.#options.tallies.write(callerTallyKey(account, caller), tallies.caller);
    this.#options.tallies.write(account, tallies.account);
  }

  /** What a restart, or the bound of the memory, forgot; once for attempts that come at the same time. */
  #recall(tried: AccountTried): Promise<void> {
    const { account } = tried;
    let recalling = this.#recalling.get(account);
    if (recalling === undefined) {
      recalling = this.#refill(tried).finally(() => this.#recalling.delete(account));
      this.#recalling.set(account, recalling);
    }
    return recalling;
  }

  async #refill(tried: AccountTried): Promise<void> {
    const { tallies, recall } = this.#options;
    const { accounts, callers } = await recall(tried);
    for (const [key, tally] of callers) if (tallies.read(key) === undefined) tallies.write(key, tally);
    if (tallies.read(tried.account) === undefined) {
      tallies.write(tried.account, accounts.get(tried.account) ?? emptyTally);
    }
  }
}
