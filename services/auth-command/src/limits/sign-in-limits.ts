import { fail, type ReplyError } from '@evident/contracts';
import {
  type AttemptPolicy,
  type AttemptResult,
  attemptPolicy,
  memoryOfAttempts,
  type SignInEvent,
} from '@evident/domain';
import { eventId, uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { Clock, Logger } from '@evident/runtime';
import type { SignInAttempt } from '../attempts/sign-in-attempt.ts';
import type { SignInJournal } from '../attempts/sign-in-journal.ts';
import { type AccountTried, AttemptPlaces, type NoPlace, type Place, type Refused } from './attempt-places.ts';
import { BadKeyPlaces, type BadKeyResult } from './bad-key-places.ts';
import { OpenWaits, type RefusalCount, type RefusedOnes } from './open-waits.ts';
import { recallAccount, recallUnknown } from './recall-tallies.ts';
import type { Tallies } from './tallies.port.ts';
import { WaitingLine } from './waiting-line.ts';

export interface SignInLimitsOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly journal: SignInJournal;
  readonly tallies: Tallies;
  readonly logger: Logger;
  readonly now: Clock;
  readonly policy?: AttemptPolicy;
}

const patientShare = 0.7;

type Taken<Result> = Place<Result> | { readonly outcome: 'refused'; readonly error: ReplyError };

/** The limits of attempts as sign-in asks them, with the events that refusals leave. */
export class SignInLimits {
  readonly #options: SignInLimitsOptions;
  readonly #accounts: AttemptPlaces;
  readonly #badKeys: BadKeyPlaces;
  readonly #waits: OpenWaits;

  constructor(options: SignInLimitsOptions) {
    const { log, tallies, logger, now, policy = attemptPolicy } = options;
    this.#options = options;
    this.#waits = new OpenWaits({ tallies, logger, now, record: (count) => this.#recordCount(count) });
    const line = new WaitingLine();
    const shared = { tallies, line, waits: this.#waits, policy, now };
    const recall = (tried: AccountTried) => {
      const busySince = now() - policy.windowMs - policy.longestWaitMs;
      return recallAccount(log, tried, { busySince, since: now() - memoryOfAttempts(policy) });
    };
    this.#accounts = new AttemptPlaces({ ...shared, recall });
    this.#badKeys = new BadKeyPlaces(shared);
  }

  /** Refills what all unknown names and bad keys left before a restart. To be awaited before the first attempt. */
  async recall(): Promise<void> {
    const { tallies, log } = this.#options;
    const { accounts, callers, addresses } = await recallUnknown(log);
    for (const remembered of [accounts, callers, addresses]) {
      for (const [key, tally] of remembered) tallies.write(key, tally);
    }
  }

  /** `isProven`: this very password was right a moment ago. */
  async takeForAccount(
    attempt: SignInAttempt,
    tried: AccountTried,
    isProven: () => boolean,
  ): Promise<Taken<AttemptResult>> {
    const admitted = await this.#accounts.take(tried, this.#patienceOf(attempt), isProven);
    if (admitted.outcome === 'place') return admitted;
    return { outcome: 'refused', error: await this.#refuse(admitted, attempt, tried) };
  }

  /** For a key that was found to be bad. */
  async takeForBadKey(attempt: SignInAttempt): Promise<Taken<BadKeyResult>> {
    const admitted = await this.#badKeys.take(attempt.address, this.#patienceOf(attempt));
    if (admitted.outcome === 'place') return admitted;
    return { outcome: 'refused', error: await this.#refuse(admitted, attempt, undefined) };
  }

  /** Records what is counted and not recorded yet. */
  end(): Promise<void> {
    return this.#waits.end();
  }

  /** Until when an attempt waits for a place: what is left then is enough to answer in time. */
  #patienceOf({ context }: SignInAttempt): number {
    const now = this.#options.now();
    return now + (context.deadline - now) * patientShare;
  }

  async #refuse(
    refused: Refused | NoPlace,
    attempt: SignInAttempt,
    tried: AccountTried | undefined,
  ): Promise<ReplyError> {
    if (refused.outcome === 'no-place') return fail('load.shed', { retryAfterSeconds: 1 }).error;
    const { limit, until, first } = refused;
    if (first) {
      const { purpose, key } = attempt;
      const appId = tried === undefined ? null : (key?.appId ?? null);
      const { account = null, caller = attempt.address, userId } = tried ?? {};
      const ones: RefusedOnes = { limit, purpose, appId, account, caller, userId };
      this.#waits.begun(ones, until);
      await this.#recordFirst(ones, until, attempt);
    }
    const retryAfterSeconds = Math.max(1, Math.ceil((until - this.#options.now()) / 1_000));
    return fail('request.too-many-attempts', { retryAfterSeconds }).error;
  }

  async #recordFirst(ones: RefusedOnes, until: number, attempt: SignInAttempt): Promise<void> {
    const { journal, logger } = this.#options;
    const { userId, appId } = ones;
    const id = eventId(attempt.context.commandId, `${ones.account} ${ones.caller}`, 'throttled', until);
    const actor = appId === null ? 'system' : `app:${appId}`;
    try {
      await journal.record(id, throttled({ ...ones, count: 1, until }, this.#options.now()), attempt, {
        userId,
        actor,
      });
    } catch (error) {
      // Nothing was judged, so there is nothing that must not be answered; the refusal stands.
      logger.warn({ error }, 'The beginning of a wait could not be recorded.');
    }
  }

  async #recordCount(count: RefusalCount): Promise<void> {
    const { account, caller, limit, until } = count;
    const id = uuid5(JSON.stringify(['refusals', limit, account, caller, until]));
    await this.#options.journal.recordByItself(id, throttled(count, this.#options.now()), count.userId);
  }
}

function throttled({ userId: _, ...data }: RefusalCount, at: number): SignInEvent {
  return { type: 'signin.throttled', data: { ...data, at } };
}
