import assert from 'node:assert/strict';
import type { EventStore, Position, StoredEvent } from '../src/event-store.port.ts';

/** Milliseconds that a case waits for progress before it fails. */
const patience = () => Number(process.env.CONTRACT_PATIENCE_MS ?? 10_000);

/** Rejects, saying how far it got, where `promise` takes longer than any working store does. */
export async function inTime<Result>(promise: Promise<Result>, state: () => string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `still waiting after ${patience()} ms: ${state()}` })),
      patience(),
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A follower that runs beside the case and keeps all that it is given. */
export class Following {
  readonly events: StoredEvent[] = [];
  readonly batchSizes: number[] = [];
  /** Settles when the follower ends. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  #waiting: { enough: () => boolean; resolve: () => void } | undefined;

  constructor(store: EventStore, after: Position | undefined, batchSize?: number) {
    this.ended = this.#run(store, after, batchSize);
    this.ended.catch(() => undefined);
  }

  /** Waits until so many events have come; a follower that ends before makes it reject. */
  async until(count: number): Promise<StoredEvent[]> {
    const enough = () => this.events.length >= count;
    if (!enough()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = { enough, resolve };
      const cut = this.ended.then(() =>
        assert.fail(`the follower ended after ${this.events.length} of ${count} events`),
      );
      cut.catch(() => undefined);
      await inTime(
        Promise.race([promise, cut]),
        () => `${this.events.length} of ${count} events, last ${this.events.at(-1)?.position}`,
      );
    }
    return this.events;
  }

  async stop(): Promise<StoredEvent[]> {
    this.#stop.abort();
    await inTime(this.ended, () => 'the follower does not end');
    return this.events;
  }

  async #run(store: EventStore, after: Position | undefined, batchSize?: number): Promise<void> {
    const { signal } = this.#stop;
    for await (const batch of store.follow(after, batchSize === undefined ? { signal } : { signal, batchSize })) {
      this.events.push(...batch);
      this.batchSizes.push(batch.length);
      if (this.#waiting?.enough()) this.#waiting.resolve();
    }
  }
}
