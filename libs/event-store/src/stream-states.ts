import type { Decider, DomainEvent } from '@evident/domain';
import { type EventCodec, readable } from './event-codec.ts';
import type { EventStore, Position, StoredEvent } from './event-store.port.ts';
import { RecentlyUsed } from './recently-used.ts';
import { firstPage, laterPages, streamInTurns } from './stream-in-turns.ts';

/** A stream folded up to its end. */
export interface StreamState<State> {
  readonly state: State;
  /** -1 where there is no such stream. */
  readonly revision: number;
  /** Of the stream's last event. */
  readonly position: Position | undefined;
}

export interface StreamStatesOptions<State, Event extends DomainEvent> {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly decider: Pick<Decider<never, State, Event>, 'initial' | 'evolve'>;
  /** The last event of a stream holds all that counts: of one not yet remembered only that one is read. */
  readonly endTellsAll?: boolean;
  /** Streams remembered at most; 20,000 unless given. */
  readonly capacity?: number;
}

/**
 * States of streams, folded once and then only continued: each `load` asks the log's leader for what is new, so it
 * is never stale. Deletable at any time; it decides nothing by itself.
 */
export class StreamStates<State, Event extends DomainEvent> {
  readonly #options: StreamStatesOptions<State, Event>;
  readonly #states: RecentlyUsed<StreamState<State>>;
  readonly #none: StreamState<State>;
  #logId: string;

  constructor(options: StreamStatesOptions<State, Event>) {
    this.#options = options;
    this.#states = new RecentlyUsed(options.capacity ?? 20_000);
    this.#none = { state: options.decider.initial, revision: -1, position: undefined };
    this.#logId = options.store.logId;
  }

  /** The stream as it stands now. Throws `EventStoreFault`; `damaged` where an event cannot be read. */
  async load(stream: string): Promise<StreamState<State>> {
    const { store } = this.#options;
    if (store.logId !== this.#logId) {
      this.#states.clear();
      this.#logId = store.logId;
    }
    const known = this.#states.get(stream) ?? this.#none;
    try {
      const fromEnd = this.#options.endTellsAll === true && known.revision < 0;
      const newer = fromEnd ? await store.readStreamEnd(stream, 1) : await firstPage(store, stream, known.revision + 1);
      if (newer.length === 0) return known;
      let folded = await this.#fold(known, newer);
      for await (const page of laterPages(store, stream, newer)) folded = await this.#fold(folded, page);
      this.#remember(stream, folded);
      return folded;
    } catch (fault) {
      this.#states.delete(stream);
      throw fault;
    }
  }

  /** Whether a `load` has only to ask for what is new. */
  remembers(stream: string): boolean {
    return this.#states.get(stream) !== undefined;
  }

  /** The same as `load`, folded from the beginning and not remembered: what a stream costs when it is met first. */
  async loadAnew(stream: string): Promise<StreamState<State>> {
    let folded = this.#none;
    for await (const page of streamInTurns(this.#options.store, stream)) folded = await this.#fold(folded, page);
    return folded;
  }

  async #fold(from: StreamState<State>, events: readonly StoredEvent[]): Promise<StreamState<State>> {
    const { codec, decider } = this.#options;
    let { state, revision, position } = from;
    for (const stored of events) {
      const decoded = codec.decode(stored);
      state = decider.evolve(state, readable<Event>(decoded instanceof Promise ? await decoded : decoded));
      ({ revision, position } = stored);
    }
    return { state, revision, position };
  }

  #remember(stream: string, state: StreamState<State>): void {
    const present = this.#states.get(stream);
    // A load that began earlier may end later: what is known never goes back.
    const newest = present !== undefined && present.revision > state.revision ? present : state;
    this.#states.set(stream, newest);
  }
}
