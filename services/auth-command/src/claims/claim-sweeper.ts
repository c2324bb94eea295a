import { listOpenClaims, type Reply, type ValueOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { EventStoreFault, uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Clock, type Logger, Recurring, randomUuid } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';
import type { WriteContext } from '../command.ts';
import { type Claims, claimPatienceMs } from './claims.ts';

type OpenClaims = ValueOf<typeof listOpenClaims>;
type OpenClaim = OpenClaims['claims'][number];

export interface ClaimSweeperOptions {
  readonly log: Pick<Log, 'tenant' | 'states'>;
  readonly claims: Claims;
  readonly client: RequestClient;
  readonly logger: Logger;
  readonly now: Clock;
  /** Waits between two passes; rejects once the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

const everyMs = 2_000;
/** So that several instances do not look at the same moment. */
const jitterMs = 1_000;
const askPatienceMs = 2_000;
const passPatienceMs = 10_000;
const atOnce = 100;

/**
 * Frees names that an interrupted registration or change left claimed. A view of identity-projection says where to
 * look and decides nothing: each claim is judged on the leader, on its holder's own stream.
 */
export class ClaimSweeper {
  readonly #options: ClaimSweeperOptions;
  readonly #sweeping: Recurring;
  /** Where the next pass begins; null where a round over all of them does. */
  #place: OpenClaims['next'] = null;
  /** Claims that could not be judged in the round before, and so far in this one. */
  #toldBefore: ReadonlySet<string> = new Set();
  #told = new Set<string>();
  #refusal: string | undefined;

  constructor(options: ClaimSweeperOptions) {
    const { logger, wait } = options;
    this.#options = options;
    this.#sweeping = new Recurring({
      work: () => this.#sweepTold(),
      everyMs,
      jitterMs,
      pausesFirst: true,
      onFault: (error) => logger.warn({ error }, 'Open claims could not be looked at; trying again.'),
      ...(wait === undefined ? {} : { wait }),
    });
  }

  start(): void {
    this.#sweeping.start();
  }

  /** Ends after the pass that is under way. */
  end(): Promise<void> {
    return this.#sweeping.stop();
  }

  /**
   * One pass, over as many as are looked at at once; the next goes on behind them, and after the last begins anew. How
   * many names are free that were not before. A claim that cannot be judged is in no other's way.
   */
  async sweep(): Promise<number> {
    const reply = await this.#ask();
    if (!reply.ok) {
      const { code } = reply.error;
      if (code !== this.#refusal)
        this.#options.logger.warn({ code }, 'It cannot be asked which claims are open; trying again.');
      this.#refusal = code;
      return 0;
    }
    this.#refusal = undefined;
    let freed = 0;
    for (const claim of reply.value.claims) {
      try {
        if (await this.#free(claim)) freed += 1;
      } catch (error) {
        // A log that is away is so for all of them.
        if (error instanceof EventStoreFault && error.code !== 'damaged') throw error;
        this.#tell(claim, error);
      }
    }
    this.#goOn(reply.value.next);
    return freed;
  }

  #ask(): Promise<Reply<OpenClaims>> {
    const { now, log, client } = this.#options;
    const id = randomUuid();
    const context = { tenant: log.tenant, deadline: now() + askPatienceMs, correlationId: id, commandId: id };
    const place = this.#place === null ? {} : { after: this.#place };
    const request = { before: now() - claimPatienceMs, ...place, limit: atOnce };
    return client.request(listOpenClaims, request, context);
  }

  #goOn(next: OpenClaims['next']): void {
    this.#place = next;
    if (next !== null) return;
    this.#toldBefore = this.#told;
    this.#told = new Set();
  }

  /** Of what was in the way in the round before nothing is said again. */
  #tell(claim: OpenClaim, error: unknown): void {
    const { claimId } = claim;
    if (!this.#toldBefore.has(claimId) && !this.#told.has(claimId)) {
      const text = 'An open claim of theirs cannot be judged, and its name stays reserved; trying again.';
      this.#options.logger.warn({ subject: subjectOf(claim), error }, text);
    }
    this.#told.add(claimId);
  }

  async #sweepTold(): Promise<void> {
    const count = await this.sweep();
    if (count > 0) this.#options.logger.info({ count }, 'Freed names that interrupted commands had claimed.');
  }

  async #free({ kind, lookup, claimId, holder }: OpenClaim): Promise<boolean> {
    const { log, claims, now } = this.#options;
    const { current } = (await log.states.reservation.load(streams.reservation(log.tenant, kind, lookup))).state;
    // The view is behind: the name is free, or somebody else's.
    if (current?.claimId !== claimId) return false;
    const standing = await claims.standing({ kind, holder, claimId });
    if (standing === 'live') return false;
    if (standing === undefined && now() - current.claimedAt < claimPatienceMs) return false;
    const command = this.#command(claimId);
    if (standing === undefined)
      return (await claims.abandon({ kind, lookup, claimId, holder }, command)) === 'abandoned';
    await claims.release({ kind, lookup, claimId }, command);
    return true;
  }

  #command(claimId: string): WriteContext {
    const { log, now } = this.#options;
    const commandId = uuid5(`sweep/${claimId}`);
    const metadata = {
      tenant: log.tenant,
      actor: 'system',
      commandId,
      correlationId: commandId,
      occurredAt: now(),
    };
    return { metadata, deadline: now() + passPatienceMs };
  }
}

function subjectOf({ kind, holder }: OpenClaim): string {
  switch (kind) {
    case 'role-slug':
      return `role:${holder}`;
    case 'workspace-slug':
      return `workspace:${holder}`;
    default:
      return `user:${holder}`;
  }
}
