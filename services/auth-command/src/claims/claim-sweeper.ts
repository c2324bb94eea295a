import { listOpenClaims, type ValueOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { EventStoreFault, uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Clock, type LogFields, type Logger, Recurring, randomUuid } from '@evident/runtime';
import type { RequestClient } from '@evident/transport';
import type { WriteContext } from '../command.ts';
import { type Claims, claimPatienceMs } from './claims.ts';

type OpenClaim = ValueOf<typeof listOpenClaims>['claims'][number];

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
  #told: ReadonlySet<string> = new Set();

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

  /** One pass. How many names are free that were not before. A claim that cannot be judged is in no other's way. */
  async sweep(): Promise<number> {
    const { now, log, client } = this.#options;
    const id = randomUuid();
    const context = { tenant: log.tenant, deadline: now() + askPatienceMs, correlationId: id, commandId: id };
    const reply = await client.request(listOpenClaims, { before: now() - claimPatienceMs, limit: atOnce }, context);
    if (!reply.ok) {
      const { code } = reply.error;
      this.#tell(new Map([[code, { code }]]), 'It cannot be asked which claims are open; trying again.');
      return 0;
    }
    let freed = 0;
    const unjudged = new Map<string, LogFields>();
    for (const claim of reply.value.claims) {
      try {
        if (await this.#free(claim)) freed += 1;
      } catch (error) {
        // A log that is away is so for all of them.
        if (error instanceof EventStoreFault && error.code !== 'damaged') throw error;
        unjudged.set(claim.claimId, { subject: subjectOf(claim), error });
      }
    }
    this.#tell(unjudged, 'An open claim of theirs cannot be judged, and its name stays reserved; trying again.');
    return freed;
  }

  /** What is in the way of this pass; of what was in the way of the one before nothing is said again. */
  #tell(faults: ReadonlyMap<string, LogFields>, text: string): void {
    for (const [what, fields] of faults) if (!this.#told.has(what)) this.#options.logger.warn(fields, text);
    this.#told = new Set(faults.keys());
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
