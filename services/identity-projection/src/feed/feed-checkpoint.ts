import type { Position } from '@evident/event-store';
import type { ReadModelStore, View } from '@evident/read-model';

/** How the stream stood when everything up to the checkpoint was in it. */
type FeedRow = { readonly created: string; readonly lastSequence: number };

export interface FeedProgress extends FeedRow {
  readonly position: Position;
  readonly events: number;
}

export const feedGroup = 'feed';
const rowKey = 'stream';
/** Kept up by the publisher itself, so that no group of projections names it. */
export const feedView: View<FeedRow> = { name: 'feed', version: 1, indexes: [] };

/** This process no longer publishes: another one took over. */
export class PublisherTakenOver extends Error {
  override readonly name = 'PublisherTakenOver';
}

/** How far the feed was published, beside the rows. Fenced by the epoch of the group, as the checkpoints of views are. */
export class FeedCheckpoint {
  readonly #store: ReadModelStore;
  #epoch = 0;

  constructor(store: ReadModelStore) {
    this.#store = store;
  }

  async takeOver(): Promise<void> {
    await this.#store.prepare([feedView]);
    this.#epoch = (await this.#store.takeOver(feedGroup)).epoch;
  }

  /** Undefined before the first event. Throws where another process publishes now. */
  async read(): Promise<FeedProgress | undefined> {
    const checkpoint = await this.#store.readCheckpoint(feedGroup);
    if (checkpoint?.epoch !== this.#epoch) throw new PublisherTakenOver();
    const row = await this.#store.get(feedView, rowKey);
    const { position, events } = checkpoint;
    return position === undefined || row === undefined ? undefined : { ...row, position, events };
  }

  async save({ position, events, created, lastSequence }: FeedProgress): Promise<void> {
    const write = { key: rowKey, row: { created, lastSequence }, position };
    const outcome = await this.#store.applyBatch(feedGroup, {
      epoch: this.#epoch,
      progress: { position, events },
      writes: new Map([[feedView, [write]]]),
    });
    if (outcome.outcome === 'stale-epoch') throw new PublisherTakenOver();
  }

  /** Before the first event, as for another stream or another log. */
  async forget(): Promise<void> {
    const request = { epoch: this.#epoch, drop: [feedView], forget: [], views: [feedView] };
    const outcome = await this.#store.startOver(feedGroup, request);
    if (outcome.outcome === 'stale-epoch') throw new PublisherTakenOver();
  }
}
