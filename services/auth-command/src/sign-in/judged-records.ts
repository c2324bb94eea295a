import { deriveTicket } from '@evident/crypto';
import type { FailureReason, Verdict } from '@evident/domain';
import type { Account } from '../accounts.ts';
import type { Recorded, SignInJournal } from '../attempts/sign-in-journal.ts';
import type { ServiceKeys } from '../service-keys.ts';
import { type JudgedAttempt, signInEvent, toldReason } from './sign-in-event.ts';

/** A judged attempt, its event durable. */
export type JudgedOutcome =
  | {
      readonly outcome: 'succeeded';
      readonly userId: string;
      readonly account: Account;
      readonly recorded: Recorded;
      /** Lets its holder open a session on the event; undefined for `verify`. */
      readonly ticket: string | undefined;
    }
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly recorded: Recorded };

export interface JudgedRecordsOptions {
  readonly journal: SignInJournal;
  readonly keys: Pick<ServiceKeys, 'tickets'>;
  /** Told of each verdict, for metrics. */
  readonly judged: (outcome: Verdict['outcome'], reason: ReturnType<typeof toldReason> | 'none') => void;
}

/** Records verdicts, and gives the tickets that go with them. */
export class JudgedRecords {
  readonly #options: JudgedRecordsOptions;

  constructor(options: JudgedRecordsOptions) {
    this.#options = options;
  }

  async record(judged: JudgedAttempt, account: Account | undefined): Promise<JudgedOutcome> {
    const { journal, keys, judged: tell } = this.#options;
    const { attempt, verdict, appId } = judged;
    const reason = verdict.outcome === 'failed' ? verdict.reason : undefined;
    const userId = reason === 'unknown-key' ? undefined : judged.userId;
    const id = journal.eventId(attempt, userId, reason ?? 'succeeded');
    const opensSession = reason === undefined && attempt.purpose !== 'verify';
    const ticket = opensSession ? deriveTicket(keys.tickets, id) : undefined;
    const actor = reason === 'unknown-key' || appId === undefined ? 'system' : `app:${appId}`;
    const onBehalfOf = reason === undefined && userId !== undefined ? { onBehalfOf: `user:${userId}` } : {};
    const recorded = await journal.record(id, signInEvent(judged, ticket), attempt, { userId, actor, ...onBehalfOf });
    tell(verdict.outcome, reason === undefined ? 'none' : toldReason(reason, attempt));
    if (reason !== undefined || userId === undefined || account === undefined) {
      return { outcome: 'failed', reason: reason ?? 'unknown-user', recorded };
    }
    return { outcome: 'succeeded', userId, account, recorded, ticket };
  }
}
