import { streams } from '@evident/domain';
import type { Log } from '@evident/log';
import type { Accounts } from '../accounts.ts';
import { type EndsWanted, readStreamEnds } from './stream-ends.ts';

/** Events. How long a history is may be up to whom it is about: a longer one would be paid for by everybody's sign-in. */
const longestHistory = 100;

export interface MeetingOptions {
  readonly log: Pick<Log, 'tenant' | 'states'>;
  readonly accounts: Accounts;
  /** Somebody waits for what this would cost. */
  readonly isBusy: () => boolean;
}

/**
 * What is done beside the computation of a hash, so that the time of an answer does not tell whose name it was: the
 * streams of the decision are read once before they count, and with that a user who was not seen for long is folded
 * and the person's key fetched. Where there is nothing to fold, for a name that nobody has or a user who was seen
 * lately, whoever was met last is folded again in their place, unless somebody waits.
 */
export class Meeting {
  readonly #options: MeetingOptions;
  #lastMet: EndsWanted | undefined;

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  async meet(wanted: EndsWanted): Promise<void> {
    const { log, accounts, isBusy } = this.#options;
    const isNew = wanted.likelyHolder !== undefined && !accounts.remembers(this.#userStream(wanted));
    const { account } = await readStreamEnds(log, accounts, wanted);
    if (isNew) this.#lastMet = account.revision < longestHistory ? wanted : this.#lastMet;
    else if (this.#lastMet !== undefined && !isBusy()) await this.#pretend(this.#lastMet);
  }

  async #pretend(wanted: EndsWanted): Promise<void> {
    const { log, accounts } = this.#options;
    const { kind, lookup } = wanted.identifier;
    await Promise.all([
      log.states.reservation.loadAnew(streams.reservation(log.tenant, kind, lookup)),
      accounts.loadAnew(this.#userStream(wanted)),
    ]);
  }

  #userStream({ likelyHolder = '' }: EndsWanted): string {
    return streams.user(this.#options.log.tenant, likelyHolder);
  }
}
