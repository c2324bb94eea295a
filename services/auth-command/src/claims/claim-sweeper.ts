import { setTimeout } from 'node:timers/promises';
import { listOpenClaims, type ValueOf } from '@evident/contracts';
import { streams } from '@evident/domain';
import { uuid5 } from '@evident/event-store';
import type { Log } from '@evident/log';
import { type Clock, type Logger, randomUuid } from '@evident/runtime';
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
  readonly #ended = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: ClaimSweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the pass that is under way. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  /** One pass. How many names are free that were not before. */
  async sweep(): Promise<number> {
    const { now, log, client } = this.#options;
    const id = randomUuid();
    const context = { tenant: log.tenant, deadline: now() + askPatienceMs, correlationId: id, commandId: id };
    const reply = await client.request(listOpenClaims, { before: now() - claimPatienceMs, limit: atOnce }, context);
    if (!reply.ok) return 0;
    let freed = 0;
    for (const claim of reply.value.claims) if (await this.#free(claim)) freed += 1;
    return freed;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    const { wait = pause } = this.#options;
    while (!signal.aborted) {
      try {
        await wait(everyMs + Math.random() * jitterMs, signal);
        const freed = await this.sweep();
        if (freed > 0)
          this.#options.logger.info({ count: freed }, 'Freed names that interrupted commands had claimed.');
      } catch (error) {
        if (!signal.aborted) this.#options.logger.warn({ error }, 'Open claims could not be looked at; trying again.');
      }
    }
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

function pause(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return setTimeout(milliseconds, undefined, { signal, ref: false });
}
