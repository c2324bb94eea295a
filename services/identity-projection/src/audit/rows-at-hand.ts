import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject, Position } from '@evident/event-store';
import type { Log } from '@evident/log';
import {
  type ParkedStream,
  type ReadModelStore,
  type RowQuery,
  runProjections,
  type View,
  viewId,
} from '@evident/read-model';
import { openEmbeddedReadModel } from '@evident/read-model/embedded';
import type { Config, Logger } from '@evident/runtime';
import { openReadModel } from '../open-read-model.ts';
import { discardedSoFar } from '../operations/decided-operations.ts';
import { createDecodeUnopened } from '../projections/decode-unopened.ts';
import { projectionGroups } from '../projections/groups.ts';

export interface RowsAtHandOptions {
  readonly readModel: Config['readModel'];
  readonly log: Pick<Log, 'store' | 'codec' | 'tenant'>;
  /** Up to where the rows have to be. */
  readonly head: Position;
  readonly logger: Logger;
  /** Told how far rows are that had to be built. */
  readonly report: (done: number) => void;
}

const group = 'evidence';
/** How long a server that runs is given to bring its rows up to the log, and how often that is looked at. */
const patienceMs = 3_000;
const lookMs = 50;

/**
 * The rows of the group `evidence`, for a command beside a server or without one. Those that lie there are read where
 * they include the end of the log; else they are built anew in a place of their own, which takes as long as it takes
 * and changes nothing. Opened only when something is asked of them.
 */
export class RowsAtHand implements Pick<ReadModelStore, 'get' | 'getMany' | 'find'> {
  readonly #options: RowsAtHandOptions;
  #opened: Promise<ReadModelStore> | undefined;
  #scratch: string | undefined;

  constructor(options: RowsAtHandOptions) {
    this.#options = options;
  }

  async get<Row extends JsonObject>(view: View<Row>, key: string): Promise<Row | undefined> {
    return (await this.#rows()).get(view, key);
  }

  async getMany<Row extends JsonObject>(view: View<Row>, keys: readonly string[]) {
    return (await this.#rows()).getMany(view, keys);
  }

  async find<Row extends JsonObject>(view: View<Row>, query: RowQuery<Row>) {
    return (await this.#rows()).find(view, query);
  }

  /** What waits in the rows that were asked; nothing where none were. */
  async parked(): Promise<readonly ParkedStream[]> {
    return this.#opened === undefined ? [] : (await this.#opened).readParked(group);
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.close();
    if (this.#scratch !== undefined) rmSync(this.#scratch, { recursive: true, force: true });
  }

  #rows(): Promise<ReadModelStore> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<ReadModelStore> {
    return (await this.#present()) ?? this.#build();
  }

  /** The rows that a server keeps, where they are up to the log or soon will be. */
  async #present(): Promise<ReadModelStore | undefined> {
    const { readModel, logger } = this.#options;
    const store = await (readModel.kind === 'embedded'
      ? openEmbeddedReadModel({ path: readModel.path, readOnly: true })
      : openReadModel(readModel, logger)
    ).catch(() => undefined);
    if (store === undefined) return undefined;
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const found = await this.#isUpToDate(store).catch(() => 'not at all' as const);
      if (found === 'up to date') return store;
      if (found === 'not at all' || performance.now() > giveUpAt) break;
      await pause(lookMs);
    }
    await store.close();
    return undefined;
  }

  async #isUpToDate(store: ReadModelStore): Promise<'up to date' | 'behind' | 'not at all'> {
    const { head, log } = this.#options;
    const checkpoint = await store.readCheckpoint(group);
    const views = projectionGroups[group].map(({ view }) => viewId(view));
    if (checkpoint?.position === undefined || !views.every((view) => checkpoint.views.includes(view)))
      return 'not at all';
    const order = log.store.compare(checkpoint.position, head);
    if (typeof order !== 'number') return 'not at all';
    return order >= 0 ? 'up to date' : 'behind';
  }

  async #build(): Promise<ReadModelStore> {
    const { head, log, report } = this.#options;
    this.#scratch = mkdtempSync(join(tmpdir(), 'evident-rows-'));
    const store = await openEmbeddedReadModel({ path: join(this.#scratch, 'rows.db') });
    await store.prepare(projectionGroups[group].map(({ view }) => view));
    let done = 0;
    const runner = runProjections({
      group,
      projections: projectionGroups[group],
      events: log.store,
      store,
      decode: createDecodeUnopened(log),
      passOver: await discardedSoFar(log, projectionGroups[group]),
      hooks: {
        onBatch: ({ events }) => {
          done += events;
          report(done);
        },
      },
    });
    const reached = await runner.reached(head, 24 * 3_600_000);
    await runner.stop();
    if (reached !== 'reached') throw new Error(`the rows of the audit could not be built: ${reached}`);
    return store;
  }
}
