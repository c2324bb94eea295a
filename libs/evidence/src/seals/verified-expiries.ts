import { type ExpiredAttempt, type Expiry, streams } from '@evident/domain';
import { isExpirySigned } from '../retention/expiry-statement.ts';
import type { NumberedEvent } from '../retention/numbered-events.ts';
import type { LogFinding, LogToVerify } from './log-report.ts';

/**
 * The expiries of a log, held against each other and against the keys that are ours while they are read, and against
 * what is missing: only an attempt that an expiry of ours lists may be, and only when it was let go of.
 */
export class VerifiedExpiries {
  readonly #log: Pick<LogToVerify, 'tenant' | 'expiries' | 'trusted'>;
  readonly #findings: LogFinding[] = [];
  /** Up to which revision streams were let go of, by stream. */
  readonly #letGo = new Map<string, number>();
  /** Attempts that are not there, of which no expiry so far says that they may be. */
  readonly #missing = new Map<string, NumberedEvent>();
  #upTo = 0;
  #total = 0;

  constructor(log: Pick<LogToVerify, 'tenant' | 'expiries' | 'trusted'>) {
    this.#log = log;
  }

  /** Attempts that expired with a number greater than one, in the order of the log: each expiry is read once. */
  async *attempts(after: number): AsyncGenerator<ExpiredAttempt> {
    for await (const expiry of this.#log.expiries(this.#upTo)) {
      this.#examine(expiry);
      for (const attempt of expiry.attempts) if (attempt.number > after) yield attempt;
    }
  }

  /** An attempt that expired is not in the log. */
  missing(event: NumberedEvent): void {
    if ((this.#letGo.get(event.stream) ?? -1) < event.revision) this.#missing.set(event.stream, event);
  }

  /** What is wrong with them, once the log was read to its end. */
  async findings(): Promise<readonly LogFinding[]> {
    for await (const expiry of this.#log.expiries(this.#upTo)) this.#examine(expiry);
    for (const { stream, revision, position } of this.#missing.values()) {
      if ((this.#letGo.get(stream) ?? -1) >= revision) continue;
      const message = `Revision ${revision} of ${stream} is missing; it expired, and was to stay until a later attempt expires.`;
      this.#findings.push({ code: 'not-let-go', message, from: position, to: position });
    }
    return this.#findings;
  }

  #examine(expiry: Expiry): void {
    const { tenant, trusted } = this.#log;
    const named = `The expiry of events ${expiry.after + 1} to ${expiry.upTo}`;
    const about = { from: expiry.attempts[0]?.position ?? '', to: expiry.attempts.at(-1)?.position ?? '' };
    const add = (what: string) => this.#findings.push({ code: 'wrong-expiry', ...about, message: `${named} ${what}.` });
    if (!trusted.has(expiry.kid)) add(`is signed by the key ${expiry.kid}, which is none of those that are trusted`);
    if (!isExpirySigned(tenant, expiry)) add('has a signature that is not of what it states');
    if (expiry.after !== this.#upTo || expiry.total !== this.#total + expiry.attempts.length)
      add('does not follow the one before it');
    this.#upTo = expiry.upTo;
    this.#total = expiry.total;
    for (const { id, upTo } of expiry.letGo) this.#letGo.set(streams.signIn(tenant, id), upTo);
  }
}
