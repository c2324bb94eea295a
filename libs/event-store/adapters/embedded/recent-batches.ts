import type { StoredEvent } from '../../src/event-store.port.ts';
import { placeAt } from './place.ts';
import type { RecentEvents } from './recent-events.ts';

interface Batch {
  /** The place before its first event. */
  readonly place: number;
  readonly events: readonly StoredEvent[];
}

/** Enough for followers that stand close together, and little to hold. */
const kept = 2;

/**
 * What followers read last: those that stand at the same place share one read, one check of digests and one parse.
 * Events never change, so what was read a moment ago is what would be read again.
 */
export class RecentBatches {
  readonly #read: (place: number, limit: number) => readonly StoredEvent[];
  readonly #own: RecentEvents;
  #batches: readonly Batch[] = [];
  /** Where the log ended when it was last looked at. */
  #end = Number.POSITIVE_INFINITY;

  constructor(read: (place: number, limit: number) => readonly StoredEvent[], own: RecentEvents) {
    this.#read = read;
    this.#own = own;
  }

  /** Where the log ends now, by whoever has looked. */
  endsAt(place: number): void {
    this.#end = place;
  }

  /** Some of it was let go. */
  forget(): void {
    this.#own.forget();
    this.#batches = [];
  }

  /** Up to `limit` events after `place`; none only where the log ends there. */
  after(place: number, limit: number): readonly StoredEvent[] {
    const own = this.#own.after(place, limit);
    if (own !== undefined) return own;
    // Whoever waits for more is told by the watch of commits, which looks whether others have written.
    if (place >= this.#end && place >= this.#own.end) return [];
    for (const batch of this.#batches) {
      const from = place - batch.place;
      if (from < 0 || from >= batch.events.length) continue;
      return from === 0 && batch.events.length <= limit ? batch.events : batch.events.slice(from, from + limit);
    }
    const events = this.#read(place, limit);
    const last = events.at(-1);
    const reached = last === undefined ? place : placeAt(last.position);
    if (events.length < limit) this.#end = reached;
    // With a gap in it the places do not tell which event is which.
    const whole = reached - place === events.length;
    if (whole && events.length > 0) this.#batches = [{ place, events }, ...this.#batches].slice(0, kept);
    return events;
  }
}
