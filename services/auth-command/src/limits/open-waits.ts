import { callerTallyKey, closeWait, type SignInPurpose, type ThrottlingLimit } from '@evident/domain';
import type { Clock, Logger } from '@evident/runtime';
import type { Tallies } from './tallies.port.ts';

/** Who is refused, for the event that counts the refusals of one wait. */
export interface RefusedOnes {
  readonly limit: ThrottlingLimit;
  readonly purpose: SignInPurpose;
  readonly appId: string | null;
  /** Null where the limit is that of bad keys. */
  readonly account: string | null;
  readonly caller: string;
  readonly userId: string | undefined;
}

/** How many were refused after the first of a wait, once it is over. */
export interface RefusalCount extends RefusedOnes {
  readonly count: number;
  readonly until: number;
}

export interface OpenWaitsOptions {
  readonly tallies: Tallies;
  readonly record: (count: RefusalCount) => Promise<void>;
  readonly logger: Logger;
  readonly now: Clock;
}

interface OpenWait {
  readonly refused: RefusedOnes;
  readonly until: number;
}

const lookEveryMs = 5_000;

/** Which waits run, so that what they refused is recorded as one event when they are over, and no flood fills the log. */
export class OpenWaits {
  readonly #options: OpenWaitsOptions;
  readonly #open = new Map<string, OpenWait>();
  readonly #timer: NodeJS.Timeout;
  readonly #recording = new Set<Promise<void>>();

  constructor(options: OpenWaitsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.closeThoseOver(), lookEveryMs).unref();
  }

  begun(refused: RefusedOnes, until: number): void {
    this.#open.set(tallyKeyOf(refused), { refused, until });
  }

  /** To be asked before an attempt is admitted: what the wait before it refused is counted apart. */
  closeIfOver(key: string): void {
    const wait = this.#open.get(key);
    if (wait !== undefined && this.#options.now() >= wait.until) this.#close(key, wait, this.#options.now());
  }

  closeThoseOver(): void {
    for (const key of this.#open.keys()) this.closeIfOver(key);
  }

  /** Records what was counted so far, also of waits that still run. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    for (const [key, wait] of this.#open) this.#close(key, wait, wait.until);
    await Promise.all(this.#recording);
  }

  #close(key: string, { refused }: OpenWait, at: number): void {
    this.#open.delete(key);
    const { tallies, record, logger } = this.#options;
    const tally = tallies.read(key);
    const closed = tally === undefined ? undefined : closeWait(tally, at);
    if (closed === undefined) return;
    tallies.write(key, closed.tally);
    const { count, until } = closed;
    const recording = record({ ...refused, count, until })
      .catch((error: unknown) => logger.warn({ error, count }, 'Refused attempts could not be counted in the log.'))
      .finally(() => this.#recording.delete(recording));
    this.#recording.add(recording);
  }
}

/** The tally that the limit of a refusal is kept in. */
function tallyKeyOf({ limit, account, caller }: Pick<RefusedOnes, 'limit' | 'account' | 'caller'>): string {
  if (limit === 'address' || account === null) return caller;
  return limit === 'account' ? account : callerTallyKey(account, caller);
}
