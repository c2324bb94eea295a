import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Position } from '@evident/event-store';
import type { ParkedEvent, Reached, ReadModelStore } from '@evident/read-model';
import type { Clock, Logger } from '@evident/runtime';

export interface StandbyOptions {
  readonly group: string;
  /** Ids of the views that are read here: whoever fills the group may be a program that does not have them. */
  readonly views?: readonly string[];
  /** Where the rows stood when the other took over. */
  readonly from: Position | undefined;
  /** What waited then. */
  readonly parked?: readonly ParkedEvent[];
  readonly store: ReadModelStore;
  readonly events: Pick<EventStore, 'compare' | 'lastPosition'>;
  readonly logger: Logger;
  readonly now: Clock;
  /** Called once, where the owner has not moved for too long although the log has. */
  readonly onSilence: () => void;
  /** Called when it has seen how the rows stand. */
  readonly onLook?: () => void;
  readonly patience?: StandbyPatience;
}

export interface StandbyPatience {
  /** How often it looks whether the owner moves; milliseconds. */
  readonly watchMs: number;
  /** How long an owner may stand still behind the log before it is taken for dead; milliseconds. */
  readonly silenceMs: number;
}

const usualPatience: StandbyPatience = { watchMs: 1_000, silenceMs: 5_000 };
/** The owner is another process, and its checkpoint calls nobody: whoever waits has to look. */
const lookMs = 10;

/**
 * Reads a group that another process fills, and notices when that one has died. Should it be alive after all, the
 * epoch decides: whoever took over last writes, the other stands by.
 */
export class Standby {
  readonly #options: StandbyOptions;
  readonly #patience: StandbyPatience;
  #position: Position | undefined;
  #parked: readonly ParkedEvent[];
  #movedAt: number;
  #timer: NodeJS.Timeout | undefined;
  #caughtUp = false;
  #stopped = false;
  #lost = false;
  #views: readonly string[] = [];

  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#patience = options.patience ?? usualPatience;
    this.#position = options.from;
    this.#parked = options.parked ?? [];
    this.#movedAt = options.now();
  }

  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Whether whoever fills the group has filled this view, as of the last look. */
  sees(view: string): boolean {
    return this.#views.includes(view);
  }

  /** Nobody keeps up these rows any more. */
  get isLost(): boolean {
    return this.#lost;
  }

  start(): void {
    void this.#watch();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  position(): Position | undefined {
    return this.#position;
  }

  parked(): readonly ParkedEvent[] {
    return this.#parked;
  }

  isParked(projection: string, stream: string): boolean {
    return this.#parked.some((parked) => parked.projection === projection && parked.stream === stream);
  }

  async reached(position: Position, withinMs: number): Promise<Reached> {
    if (typeof this.#options.events.compare(position, position) !== 'number') return 'log-changed';
    const end = performance.now() + withinMs;
    for (;;) {
      await this.#look();
      if (this.#lost) return 'taken-over';
      if (this.#position !== undefined && position <= this.#position) return 'reached';
      if (this.#stopped) return 'stopped';
      if (performance.now() >= end) return 'not-yet';
      await sleep(lookMs);
    }
  }

  #followsAnotherLog(): boolean {
    const at = this.#position;
    return at !== undefined && typeof this.#options.events.compare(at, at) !== 'number';
  }

  async #look(): Promise<void> {
    const { store, group, now, views = [] } = this.#options;
    const checkpoint = await store.readCheckpoint(group);
    const position = checkpoint?.position;
    this.#views = checkpoint?.views ?? [];
    this.#lost = checkpoint === undefined || views.some((view) => !checkpoint.views.includes(view));
    // Parking is read after the checkpoint that it belongs to, and told before it.
    if (position !== this.#position) this.#parked = await store.readParked(group);
    if (position !== this.#position) this.#movedAt = now();
    this.#position = position;
  }

  async #watch(): Promise<void> {
    const { store, group, events, logger, now, onSilence } = this.#options;
    try {
      const head = await events.lastPosition();
      await this.#look();
      if (this.#lost && !this.#stopped) {
        this.stop();
        logger.info({ projection: group }, 'Whoever fills the views has others than this program.');
        onSilence();
        return;
      }
      this.#parked = await store.readParked(group);
      this.#options.onLook?.();
      const behind = head !== undefined && (this.#position === undefined || this.#position < head);
      if (this.#followsAnotherLog()) {
        // It took the group over after this process had it, so its log is the one in place, and this one's is gone.
        this.#movedAt = now();
      } else if (!behind) {
        this.#caughtUp = true;
        this.#movedAt = now();
      } else if (now() - this.#movedAt >= this.#patience.silenceMs && !this.#stopped) {
        this.stop();
        logger.warn({ projection: group }, 'Whoever filled the views has fallen silent; taking over.');
        onSilence();
        return;
      }
    } catch (error) {
      logger.warn({ projection: group, error }, 'Cannot see how far another process has filled the views.');
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#watch(), this.#patience.watchMs).unref();
  }
}
