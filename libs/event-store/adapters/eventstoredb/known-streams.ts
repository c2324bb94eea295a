import type { StoredEvent } from '../../src/event-store.port.ts';
import { RecentlyUsed } from '../../src/recently-used.ts';

/** Ids kept of one stream: a repeat is recognised among so many last events of it. */
export const idsKept = 1_000;
const streamsKept = 2_000;

/** What this process has seen of a stream, without gaps; the server may have more. */
export class KnownStream {
  /** Revision of the oldest event known. */
  from: number;
  /** Revision of the last event known, -1 where it has none. */
  end: number;
  readonly #revisions = new Map<string, number>();

  constructor(from: number) {
    this.from = from;
    this.end = from - 1;
  }

  /** Whether an id that is not known is of no event among those that are told apart. */
  get isEnough(): boolean {
    return this.from === 0 || this.end - this.from + 1 >= idsKept;
  }

  revisionOf(id: string): number | undefined {
    return this.#revisions.get(id);
  }

  add(id: string, revision: number): void {
    if (revision !== this.end + 1) return;
    this.#revisions.set(id, revision);
    this.end = revision;
    if (this.#revisions.size <= 2 * idsKept) return;
    for (const [oldest, at] of this.#revisions) {
      if (at > revision - idsKept) break;
      this.#revisions.delete(oldest);
      this.from = at + 1;
    }
  }
}

/** Streams of late, learnt from what was read and appended. */
export class KnownStreams {
  readonly #streams = new RecentlyUsed<KnownStream>(streamsKept);

  get(stream: string): KnownStream | undefined {
    return this.#streams.get(stream);
  }

  /** Events of one stream as they follow each other, oldest first. `from` where there are none: the end of the stream. */
  learn(stream: string, events: readonly StoredEvent[], from: number): KnownStream {
    const first = events[0]?.revision ?? from;
    const known = this.#streams.get(stream);
    const joined =
      known !== undefined && known.from <= first && first <= known.end + 1 ? known : new KnownStream(first);
    for (const { id, revision } of events) joined.add(id, revision);
    if (known === undefined || joined.end >= known.end || joined.isEnough) this.#streams.set(stream, joined);
    return joined;
  }

  /** After an append whose outcome is not known. */
  forget(stream: string): void {
    this.#streams.delete(stream);
  }
}
