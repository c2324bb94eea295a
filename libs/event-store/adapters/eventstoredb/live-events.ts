import {
  type AllStreamSubscription,
  excludeSystemEvents,
  type Position as LogPosition,
  START,
} from '@eventstore/db-client';
import type { StoredEvent } from '../../src/event-store.port.ts';
import type { EsdbConnection } from './esdb-connection.ts';
import { comparePlaces } from './place.ts';
import { isSystemEvent, storedEvent } from './recorded-event.ts';

/** Events held for a slow consumer before the server is asked to wait. */
const heldAtMost = 1_000;
/** Events that the server looks through before it tells how far it is: the default tells it for every 32. */
const maxSearchWindow = 1_000;

/**
 * New events after a place, as a subscription brings them. It ends whenever the server drops it, which it does with a
 * consumer that falls 32 events behind; whoever follows then goes on from the last event that it was given.
 */
export class LiveEvents {
  readonly #logId: string;
  readonly #subscription: AllStreamSubscription;
  #held: StoredEvent[] = [];
  #last: LogPosition | undefined;
  #ended = false;
  #failure: unknown;
  #woken = Promise.withResolvers<void>();

  constructor(connection: EsdbConnection, logId: string, after: LogPosition | undefined) {
    this.#logId = logId;
    this.#last = after;
    const { client, call } = connection;
    const filter = excludeSystemEvents({ maxSearchWindow });
    // Exclusive, unlike a read.
    this.#subscription = client.subscribeToAll({ ...call, fromPosition: after ?? START, filter });
    this.#subscription.on('data', (event) => {
      const at = event.event?.position;
      if (at === undefined || isSystemEvent(event)) return;
      if (this.#last !== undefined && comparePlaces(at, this.#last) <= 0) return;
      this.#last = at;
      this.#keep(() => storedEvent(this.#logId, event));
    });
    this.#subscription.on('error', (error) => this.#end(error));
    this.#subscription.on('end', () => this.#end(undefined));
    this.#subscription.on('close', () => this.#end(undefined));
  }

  /** What the subscription ended with, where that was an error. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Waits for new events; none once the subscription has ended, or `signal` aborts, and all were taken. */
  async take(limit: number, signal: AbortSignal): Promise<readonly StoredEvent[]> {
    while (this.#held.length === 0 && !this.#ended && !signal.aborted) {
      this.#woken = Promise.withResolvers<void>();
      const wake = () => this.#woken.resolve();
      signal.addEventListener('abort', wake, { once: true });
      await this.#woken.promise;
      signal.removeEventListener('abort', wake);
    }
    const taken = this.#held.splice(0, limit);
    if (this.#held.length < heldAtMost && this.#subscription.isPaused()) this.#subscription.resume();
    return taken;
  }

  close(): void {
    this.#ended = true;
    this.#held = [];
    void this.#subscription.unsubscribe().catch(() => undefined);
  }

  #keep(read: () => StoredEvent): void {
    if (this.#ended) return;
    try {
      this.#held.push(read());
    } catch (error) {
      this.#end(error);
      return;
    }
    if (this.#held.length >= heldAtMost) this.#subscription.pause();
    this.#woken.resolve();
  }

  #end(error: unknown): void {
    this.#failure ??= error;
    this.#ended = true;
    this.#woken.resolve();
  }
}
