import type { SealSigner } from '@evident/crypto';
import { type Expiry, retentionDecider, streams } from '@evident/domain';
import { EventStoreFault, runCommand, uuid5 } from '@evident/event-store';
import { expiriesAfter, lastExpiry } from '@evident/evidence';
import { type Clock, type Logger, Recurring } from '@evident/runtime';
import { type NextExpiry, nextExpiry, type RetainedLog } from './next-expiry.ts';

export interface RetentionOptions {
  readonly log: RetainedLog;
  readonly signer: SealSigner;
  /** Names of the keys that our seals are signed by, also of keys of before. */
  readonly trusted: ReadonlySet<string>;
  /** Whole months for which attempts to sign in are kept; 0 for ever. */
  readonly months: number;
  readonly logger: Logger;
  readonly now: Clock;
  /** Attempts that one expiry lists at most. */
  readonly most?: number;
}

/** Some 90 KB of JSON. */
const mostAttempts = 400;
const everyMs = 6 * 3_600_000;

/**
 * Lets attempts to sign in expire on schedule. First that they expired is on the log, with their digests; only then the
 * log lets go of them. What was decided and not done, by whichever process, is done first: so it may be stopped, or
 * killed, at any moment. Where several run, one appends each expiry and the others go on from it.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #expiring: Recurring;
  /** Where nobody signs in, all that is old would be read again each time. */
  #clearUpTo = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#expiring = new Recurring({
      work: (signal) => this.#expireTold(signal),
      everyMs,
      onFault: (error) =>
        options.logger.warn({ error }, 'Old attempts to sign in cannot expire yet; it is tried again.'),
    });
  }

  start(): void {
    this.#expiring.start();
  }

  /** Leaves what is left to the next start. Idempotent. */
  stop(): Promise<void> {
    return this.#expiring.stop();
  }

  /** Lets everything expire that is old enough and sealed; how many attempts that were until it was told to stop. */
  async expire(signal?: AbortSignal): Promise<number> {
    const { log, months, now, most = mostAttempts, signer, trusted } = this.#options;
    for (let expired = 0; ; ) {
      const last = await lastExpiry(log);
      if (last !== undefined) await this.#letGo(last);
      if (months === 0 || signal?.aborted === true) return expired;
      const at = now();
      const plan = { signer, trusted, most, before: monthsBefore(at, months), now: at, clearUpTo: this.#clearUpTo };
      const next = await nextExpiry(log, last, plan);
      if (next.expiry === undefined) {
        this.#clearUpTo = next.clearUpTo;
        return expired;
      }
      if (await this.#decide(next)) expired += next.expiry.attempts.length;
    }
  }

  /** False where another process was faster. */
  async #decide({ expiry, sealedUpTo }: NextExpiry): Promise<boolean> {
    const { store, codec, tenant } = this.#options.log;
    const commandId = uuid5(`retention/${tenant}/${expiry.after}/${expiry.upTo}/${expiry.at}`);
    const outcome = await runCommand(
      { store, codec, decider: retentionDecider, attempts: 1 },
      {
        stream: streams.retention(tenant),
        step: 'expire',
        command: { type: 'expire-sign-ins', expiry, sealedUpTo },
        metadata: { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: expiry.at },
        tail: 1,
      },
    );
    if (outcome.outcome === 'accepted') return !outcome.repeated;
    if (outcome.outcome === 'contended' || outcome.code === 'retention.overtaken') return false;
    throw new EventStoreFault('misuse', `attempts cannot expire: ${outcome.code}`);
  }

  /** A log that was moved may have come with what another store had not let go of yet: then of every expiry. */
  async #letGo(last: Expiry): Promise<void> {
    const { log } = this.#options;
    const position = log.store.parsePosition(last.attempts[0]?.position ?? '');
    const isHere = position !== undefined && typeof log.store.compare(position, position) === 'number';
    if (isHere) return this.#truncate(last);
    for await (const expiry of expiriesAfter(log, 0)) await this.#truncate(expiry);
  }

  async #truncate({ letGo }: Expiry): Promise<void> {
    const { store, tenant } = this.#options.log;
    await Promise.all(letGo.map(({ id, upTo }) => store.truncateStream(streams.signIn(tenant, id), upTo + 1)));
  }

  async #expireTold(signal: AbortSignal): Promise<void> {
    const count = await this.expire(signal);
    if (count > 0) this.#options.logger.info({ count }, 'Old attempts to sign in have expired.');
  }
}

/** The beginning of the month that lies so many whole months before the present one. */
function monthsBefore(now: number, months: number): number {
  const present = new Date(now);
  return Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - months);
}
