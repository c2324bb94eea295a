import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SealSigner } from '@evident/crypto';
import { type Seal, sealDecider, streams } from '@evident/domain';
import {
  type EventStore,
  EventStoreFault,
  eventDigest,
  type Position,
  runCommand,
  type StoredEvent,
  uuid5,
} from '@evident/event-store';
import { attemptsAfter, MerkleRoot, numberedEvents, sealDigest, signSeal } from '@evident/evidence';
import type { Log } from '@evident/log';
import { type Clock, type Logger, Recurring } from '@evident/runtime';

export interface SealerOptions {
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  readonly signer: SealSigner;
  readonly logger: Logger;
  readonly now: Clock;
  /** How old the oldest event without a seal may become, in milliseconds. */
  readonly everyMs: number;
  /** Events that one seal covers at most: what has to be read to prove that one of them is in it. */
  readonly most?: number;
}

const mostEvents = 16_384;
const pageSize = 500;
const retryMs = 1_000;

/** A stretch of the log on its way to a seal. */
interface Stretch {
  readonly tree: MerkleRoot;
  readonly from: Position;
  to: Position;
  /** Whether it holds anything but seals: the seal of a seal alone would be followed by another for ever. */
  worthSealing: boolean;
}

/**
 * Signs the log, stretch by stretch, behind those who write it. It holds nothing that is not on the log: it may be
 * stopped at any moment and go on in another process, and where several run, one appends each seal and the others go
 * on from it. The key is of the issuer alone: who owns the store and not the key can seal nothing.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #sealing: Recurring;

  constructor(options: SealerOptions) {
    const { everyMs, logger } = options;
    this.#options = options;
    this.#sealing = new Recurring({
      work: (signal) => this.sealNow(signal),
      everyMs,
      retryMs: Math.min(everyMs, retryMs),
      pausesFirst: true,
      onFault(error) {
        if (error instanceof EventStoreFault && error.code === 'closed') return;
        logger.warn({ error }, 'The log cannot be sealed; it is tried again.');
      },
    });
  }

  start(): void {
    this.#sealing.start();
  }

  /** Leaves what is not sealed yet to the next start. Idempotent. */
  stop(): Promise<void> {
    return this.#sealing.stop();
  }

  /** Seals everything up to where the log ends now; how many seals that took. Rejects once it is told to stop. */
  async sealNow(signal?: AbortSignal): Promise<number> {
    const end = await this.#options.log.store.lastPosition();
    let seals = 0;
    for (; end !== undefined; seals++) {
      const last = await this.#lastSeal();
      const stretch = await this.#gather(await this.#endOf(last), end, signal);
      if (stretch === undefined || !stretch.worthSealing || !(await this.#seal(stretch, last))) break;
    }
    return seals;
  }

  async #lastSeal(): Promise<Seal | undefined> {
    const { store, codec, tenant } = this.#options.log;
    const [last] = await store.readStreamEnd(streams.seals(tenant), 1);
    if (last === undefined) return undefined;
    const decoded = await codec.decode(last);
    if ('problem' in decoded) throw new EventStoreFault('damaged', `the last seal cannot be read: ${decoded.message}`);
    return decoded.data as Seal;
  }

  /** Where the events end that the last seal covers. In a log that was restored or migrated it is counted anew. */
  async #endOf(last: Seal | undefined): Promise<Position | undefined> {
    const { store } = this.#options.log;
    if (last === undefined) return undefined;
    const position = store.parsePosition(last.to);
    if (position !== undefined && typeof store.compare(position, position) === 'number') return position;
    const { log } = this.#options;
    const expired = (after: number) => attemptsAfter(log, after);
    let end: Position | undefined;
    for await (const { number, event } of numberedEvents({ tenant: log.tenant, store, expired })) {
      end = event?.position ?? end;
      if (number === last.before + last.count) return end;
    }
    throw new EventStoreFault('damaged', `the log is shorter than its seal ${last.number} says`);
  }

  /** The next stretch, up to an end or as long as one may be; undefined where there is nothing more. */
  async #gather(
    start: Position | undefined,
    end: Position,
    signal: AbortSignal | undefined,
  ): Promise<Stretch | undefined> {
    const { most = mostEvents, log } = this.#options;
    let stretch: Stretch | undefined;
    for (let after = start; ; ) {
      const page = await read(log.store, after, Math.min(pageSize, most - (stretch?.tree.count ?? 0)));
      for (const event of page) {
        if (event.position > end) return stretch;
        stretch ??= { tree: new MerkleRoot(), from: event.position, to: event.position, worthSealing: false };
        stretch.tree.add(eventDigest(event));
        stretch.to = event.position;
        stretch.worthSealing ||= event.type !== 'log.sealed';
      }
      if (page.length === 0 || stretch?.tree.count === most) return stretch;
      after = page.at(-1)?.position;
      // A long past must let timers and sockets have their turn.
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  /** False where another sealer was faster. */
  async #seal({ tree, from, to }: Stretch, last: Seal | undefined): Promise<boolean> {
    const { log, now } = this.#options;
    const { tenant } = log;
    const statement = {
      number: (last?.number ?? 0) + 1,
      before: last === undefined ? 0 : last.before + last.count,
      count: tree.count,
      from,
      to,
      merkleRoot: tree.root(),
      previous: last === undefined ? null : sealDigest(tenant, last),
      at: now(),
    };
    const seal = signSeal(tenant, statement, this.#options.signer);
    const commandId = uuid5(`seal/${tenant}/${statement.number}/${to}/${statement.at}`);
    const outcome = await runCommand(
      { store: log.store, codec: log.codec, decider: sealDecider, attempts: 1 },
      {
        stream: streams.seals(tenant),
        step: 'seal',
        command: { type: 'seal-log', seal },
        metadata: { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: statement.at },
        tail: 1,
      },
    );
    return outcome.outcome === 'accepted';
  }
}

async function read(store: EventStore, after: Position | undefined, limit: number): Promise<readonly StoredEvent[]> {
  const page = await store.readAll(after, limit);
  if ('outcome' in page) throw new EventStoreFault('log-changed', 'the log was replaced while it was sealed');
  return page;
}
