import type { AnyProjection, ReadModelStore } from '@evident/read-model';
import { viewId } from '@evident/read-model';
import type { Logger } from '@evident/runtime';

export interface BesideTakeoverOptions {
  readonly group: string;
  /** Where the rows of this program lie, beside those that another version of it reads. */
  readonly generation: string;
  readonly projections: readonly AnyProjection[];
  readonly store: ReadModelStore;
  /** The views that other processes read. */
  readonly othersRead: () => Promise<ReadonlySet<string>>;
  /** How often it looks; milliseconds. */
  readonly watchMs: number;
  readonly logger: Logger;
  /** Whether this process keeps up the rows beside, and they are as new as the log. */
  readonly isReady: () => boolean;
  /** Ends what keeps up the rows beside; nobody is answered from them until the group has begun again. */
  readonly leaveOff: () => Promise<void>;
  /** The rows beside are those that everybody reads now. */
  readonly onTaken: () => void;
}

/** Waits until nobody reads the rows of another version any more: then those beside take their place. */
export class BesideTakeover {
  readonly #options: BesideTakeoverOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: BesideTakeoverOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), this.#options.watchMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { generation, logger, isReady, onTaken } = this.#options;
    try {
      const { isRead, live } = await this.#others();
      if (this.#stopped) return;
      if (live === generation) return onTaken();
      if (!isRead && isReady()) return await this.#take();
    } catch (error) {
      logger.warn({ error }, 'The rows cannot take the place of those before; tried again.');
    }
    this.start();
  }

  /** Which rows everybody reads, and whether some of them are read that this program would not keep up. */
  async #others(): Promise<{ readonly live: string | undefined; readonly isRead: boolean }> {
    const { group, projections, store, othersRead } = this.#options;
    const own = new Set(projections.map(({ view }) => viewId(view)));
    const checkpoint = await store.readCheckpoint(group);
    const read = await othersRead();
    const isRead = checkpoint?.views.some((view) => !own.has(view) && read.has(view)) ?? false;
    return { live: checkpoint?.generation, isRead };
  }

  async #take(): Promise<void> {
    const { group, generation, projections, store, logger, leaveOff, onTaken } = this.#options;
    await leaveOff();
    const { epoch, generation: previous } = await store.takeOver(group);
    const { outcome } = await store.adopt(group, { epoch, generation });
    onTaken();
    if (outcome !== 'applied') return;
    const before = store.beside(previous);
    for (const { view } of projections) await before.drop(view);
    logger.info({}, 'The rows of this version have taken the place of those before.');
  }
}
