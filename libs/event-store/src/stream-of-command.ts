import type { Decider, DomainEvent } from '@evident/domain';
import { type EventCodec, readable } from './event-codec.ts';
import type { EventStore, Position, StoredEvent } from './event-store.port.ts';
import { eventsOfCommand } from './events-of-command.ts';
import { streamInTurns } from './stream-in-turns.ts';
import type { StreamState } from './stream-states.ts';
import { eventId } from './uuid5.ts';

/** What a command did on its stream, with the state and place as of the last of its events. */
export interface OwnEvents<State, Event> {
  readonly events: readonly Event[];
  readonly state: State;
  readonly revision: number;
  readonly position: Position;
}

interface StreamReading<State, Event extends DomainEvent> {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly decider: Pick<Decider<never, State, Event>, 'initial' | 'evolve'>;
}

interface CommandPlace<State> {
  readonly stream: string;
  readonly step: string;
  readonly commandId: string;
  /** See `CommandOnStream`. */
  readonly tail: number | undefined;
  readonly known: StreamState<State> | undefined;
}

/** The stream of a command as far as it was read, and what this very command is found to have done on it. */
export class StreamOfCommand<State, Event extends DomainEvent> {
  readonly #reading: StreamReading<State, Event>;
  readonly #place: CommandPlace<State>;
  /** Neither the tail nor what is remembered is enough. */
  #readsAll = false;
  #end: StreamState<State>;
  #own: OwnEvents<State, Event> | undefined;

  constructor(reading: StreamReading<State, Event>, place: CommandPlace<State>) {
    this.#reading = reading;
    this.#place = place;
    this.#end = place.known ?? nothingOf(reading.decider.initial);
  }

  /** As it was when it was last read. */
  get end(): StreamState<State> {
    return this.#end;
  }

  /** Undefined where no event of this command is among what was read. */
  get own(): OwnEvents<State, Event> | undefined {
    return this.#own;
  }

  ownId(index: number): string {
    const { commandId, stream, step } = this.#place;
    return eventId(commandId, stream, step, index);
  }

  /** Folds what the stream has gained, and notes the events of this command among it. */
  async catchUp(): Promise<void> {
    const { codec, decider } = this.#reading;
    let { state, revision, position } = this.#end;
    const events: Event[] = [];
    for await (const page of this.#newer()) {
      for (const stored of page) {
        const decoded = codec.decode(stored);
        const { type, data } = readable<Event>(decoded instanceof Promise ? await decoded : decoded);
        const event = { type, data } as Event;
        state = decider.evolve(state, event);
        ({ revision, position } = stored);
        if (stored.metadata.commandId !== this.#place.commandId || stored.id !== this.ownId(events.length)) continue;
        events.push(event);
        this.#own = { events, state, revision, position: stored.position };
      }
    }
    this.#end = { state, revision, position };
  }

  /** Forgets what was read: the next time all is. */
  startOver(): void {
    this.#readsAll = true;
    this.#end = nothingOf(this.#reading.decider.initial);
    this.#own = undefined;
  }

  /** Whether what was remembered includes what this very command did: on that it must not be decided again. */
  async remembersOwn(): Promise<boolean> {
    const { known, stream, commandId } = this.#place;
    if (known === undefined || this.#readsAll) return false;
    const left = await eventsOfCommand(this.#reading.store, stream, commandId);
    return left.some(({ id }) => id === this.ownId(0));
  }

  /** What was not read yet; of a stream of which nothing was, its tail where that is enough. */
  async *#newer(): AsyncGenerator<readonly StoredEvent[]> {
    const { store } = this.#reading;
    const { stream, tail } = this.#place;
    const { revision } = this.#end;
    if (tail !== undefined && !this.#readsAll && revision < 0) yield await store.readStreamEnd(stream, tail);
    else yield* streamInTurns(store, stream, revision + 1);
  }
}

function nothingOf<State>(state: State): StreamState<State> {
  return { state, revision: -1, position: undefined };
}
