import { EventStoreFault, type Position } from '@evident/event-store';
import type { WebhookRow } from '../projections/webhooks.projection.ts';
import { deliveryGroup } from './delivery-groups.ts';
import type { DeliveryOptions } from './delivery-options.ts';
import { ownPlace } from './own-place.ts';

/** Another process delivers now. */
export class DeliveryTakenOver extends Error {}

type PlaceOptions = Pick<DeliveryOptions, 'log' | 'store' | 'now'>;

/** Events that nobody wants move the saved place on so often at most. */
const saveEveryMs = 1_000;

/** How far one webhook has come in the log: everything up to there was delivered or is not wanted. It never goes back. */
export class DeliveryPlace {
  readonly #group: string;
  /** As the webhook was registered or replayed: `start`, or where it is to go on. */
  readonly #after: string;
  readonly #options: PlaceOptions;
  #position: Position | undefined;
  #epoch = 0;
  #events = 0;
  #savedAt = 0;

  /** `from`: there is known to be nothing to do up to there. */
  constructor(id: string, row: WebhookRow, options: PlaceOptions, from: Position | undefined) {
    this.#group = deliveryGroup(id, row.beginning);
    this.#after = row.after;
    this.#options = options;
    this.#position = from;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether everything up to `position` is done. */
  hasPassed(position: Position): boolean {
    return this.#position !== undefined && position <= this.#position;
  }

  moveTo(position: Position): void {
    if (!this.hasPassed(position)) this.#position = position;
  }

  /**
   * From whoever kept it until now, and on from where that one came. Throws `EventStoreFault` `log-changed` where that
   * means nothing in this log: nothing is sent as if it were the beginning, or the end.
   */
  async takeOver(): Promise<void> {
    const { log, store } = this.#options;
    const { epoch, events, position } = await store.takeOver(this.#group);
    this.#epoch = epoch;
    this.#events = events;
    const noted = position ?? (this.#after === 'start' ? undefined : log.store.parsePosition(this.#after));
    const own = noted === undefined ? undefined : await this.#inThisLog(noted);
    if (own !== undefined) this.moveTo(own);
  }

  async #inThisLog(noted: Position): Promise<Position | undefined> {
    const { store } = this.#options.log;
    // Of one that is known to have nothing to do up to a place there is nothing to look for.
    if (this.#position !== undefined && typeof store.compare(noted, noted) !== 'number') return undefined;
    const own = await ownPlace(store, noted);
    if (own !== undefined) return own;
    const message = `log-changed: it stands at ${noted}, which is no position of this log; replay it to go on`;
    throw new EventStoreFault('log-changed', message);
  }

  /** Throws `DeliveryTakenOver` where another process has taken it over since. */
  async save(): Promise<void> {
    if (this.#position === undefined) return;
    this.#savedAt = this.#options.now();
    this.#events += 1;
    const outcome = await this.#options.store.applyBatch(this.#group, {
      epoch: this.#epoch,
      progress: { position: this.#position, events: this.#events },
      writes: new Map(),
    });
    if (outcome.outcome === 'stale-epoch') throw new DeliveryTakenOver();
  }

  async saveIfDue(): Promise<void> {
    if (this.#options.now() - this.#savedAt >= saveEveryMs) await this.save();
  }
}
