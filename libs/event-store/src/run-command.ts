import { setTimeout as sleep } from 'node:timers/promises';
import type { Decider, DomainEvent } from '@evident/domain';
import { type CommandMetadata, type EventCodec, readable } from './event-codec.ts';
import {
  type AppendOutcome,
  type EventStore,
  EventStoreFault,
  type NewEvent,
  type Position,
  type StoredEvent,
} from './event-store.port.ts';
import { eventsOfCommand } from './events-of-command.ts';
import { streamInTurns } from './stream-in-turns.ts';
import type { StreamState } from './stream-states.ts';
import { eventId } from './uuid5.ts';

export interface CommandRunner<Command, State, Event extends DomainEvent, Code extends string> {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly decider: Decider<Command, State, Event, Code>;
  /** How often it decides before it gives up on a stream that others keep changing; 16 unless given. */
  readonly attempts?: number;
  readonly now?: () => number;
  /** Waits that many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface CommandOnStream<Command, State = unknown> {
  readonly stream: string;
  /** Names this step among those of a command that touch the same stream. */
  readonly step: string;
  readonly command: Command;
  /** `commandId` makes the ids of the events: the same command twice is one. */
  readonly metadata: CommandMetadata;
  /** Whose key seals personal members; the id of the stream where left out. */
  readonly person?: string;
  /** Milliseconds since the epoch; no new attempt begins after it. */
  readonly deadline?: number;
  /**
   * For a stream whose every event holds all that counts: only so many of its last events are read at first (as many
   * as one command appends). A repeat whose events lie before them is recognised by their ids, when it would append.
   */
  readonly tail?: number;
  /**
   * The stream as it is remembered, folded by the same decider: only what came since is read. A repeat whose events it
   * includes is recognised by their ids, and then all is read.
   */
  readonly known?: StreamState<State>;
}

export type CommandOutcome<State, Event extends DomainEvent, Code extends string = string> =
  | {
      readonly outcome: 'accepted';
      /** The events of this command, none where it was already so. */
      readonly events: readonly Event[];
      /** The stream as this command left it, also where it is repeated and others have changed it since. */
      readonly state: State;
      /** Where this command is visible; the end of the log where it caused no event, undefined where the log is empty. */
      readonly position: Position | undefined;
      /** The stream's revision in `state`, -1 where it has none. */
      readonly revision: number;
      /** True where an earlier attempt of this command had done it. */
      readonly repeated: boolean;
    }
  | {
      readonly outcome: 'rejected';
      readonly code: Code;
      readonly details?: Readonly<Record<string, unknown>>;
      /** The end of the stream on which it was judged. */
      readonly position?: Position;
    }
  /** Others changed the stream at every attempt: nothing was done, the same command may be sent again. */
  | { readonly outcome: 'contended'; readonly attempts: number };

interface Loaded<State, Event> {
  state: State;
  revision: number;
  position: Position | undefined;
  /** Events of this very command, found in the stream, with the state and place as of the last of them. */
  own: { events: Event[]; state: State; revision: number; position: Position } | undefined;
}

/**
 * Load, decide, append at the exact revision; again where another was faster. Before it decides it looks for its
 * own events in what it loaded, so a command that is sent again, by whichever process, is never decided twice.
 * Throws `EventStoreFault`; an ambiguous one is first answered by the same append with the same ids.
 */
export async function runCommand<Command, State, Event extends DomainEvent, Code extends string>(
  runner: CommandRunner<Command, State, Event, Code>,
  request: CommandOnStream<Command, State>,
): Promise<CommandOutcome<State, Event, Code>> {
  const { store, codec, decider, attempts = 16, now = Date.now, wait = sleep } = runner;
  const { stream, step, command, metadata, person, deadline = Number.POSITIVE_INFINITY } = request;
  let { tail, known } = request;
  const ownId = (index: number) => eventId(metadata.commandId, stream, step, index);
  let loaded: Loaded<State, Event> = known === undefined ? nothingOf(decider.initial) : { ...known, own: undefined };
  const readAll = () => {
    [tail, known] = [undefined, undefined];
    loaded = nothingOf(decider.initial);
  };
  /** What is remembered includes what this very command did: it is no decision on that. */
  const isIncluded = async () =>
    known !== undefined && (await eventsOfCommand(store, stream, metadata.commandId)).some(({ id }) => id === ownId(0));

  for (let attempt = 1; ; attempt++) {
    const newer = readNewer(store, stream, loaded.revision, tail);
    await catchUp(runner, newer, metadata.commandId, ownId, loaded);
    if (loaded.own !== undefined) return { outcome: 'accepted', ...loaded.own, repeated: true };

    const decision = decider.decide(command, loaded.state);
    if ((!decision.accepted || decision.events.length === 0) && (await isIncluded())) {
      readAll();
      continue;
    }
    if (!decision.accepted) {
      return {
        outcome: 'rejected',
        code: decision.code,
        ...(decision.details === undefined ? {} : { details: decision.details }),
        ...(loaded.position === undefined ? {} : { position: loaded.position }),
      };
    }
    const { events } = decision;
    if (events.length === 0) {
      const position = await store.lastPosition();
      return { outcome: 'accepted', events, state: loaded.state, position, revision: loaded.revision, repeated: false };
    }

    const named = events.map((event, index) => ({ id: ownId(index), type: event.type, data: event.data }));
    const context = { stream, metadata, ...(person === undefined ? {} : { person }) };
    const encoded = await codec.encode(named, context);
    const appended = await appendSurely(store, stream, encoded, loaded.revision, async (retries) => {
      if (retries >= attempts || now() >= deadline) return false;
      await wait(backOff(retries));
      return true;
    });
    if (appended.outcome === 'appended' && !appended.repeated) {
      const state = events.reduce(decider.evolve, loaded.state);
      return {
        outcome: 'accepted',
        events,
        state,
        position: appended.position,
        revision: appended.revision,
        repeated: false,
      };
    }
    // Repeated: what was written before, perhaps by another process and with other times in it, is what happened.
    if (appended.outcome === 'appended') {
      // It may lie before the last events that were read; then all are read.
      if (appended.revision <= loaded.revision) readAll();
      continue;
    }
    // Nobody was faster: some of these ids are there, since this command once decided on another state.
    if (appended.actual === loaded.revision) readAll();
    if (attempt >= attempts || now() >= deadline) return { outcome: 'contended', attempts: attempt };
    await wait(backOff(attempt));
  }
}

function nothingOf<State>(state: State): Loaded<State, never> {
  return { state, revision: -1, position: undefined, own: undefined };
}

/** What the stream has gained since a revision; of one not read yet its tail, where that is enough. */
async function* readNewer(store: EventStore, stream: string, revision: number, tail: number | undefined) {
  if (tail !== undefined && revision < 0) yield await store.readStreamEnd(stream, tail);
  else yield* streamInTurns(store, stream, revision + 1);
}

/** Folds what the stream has gained, and notes the events of this command among it. */
async function catchUp<State, Event extends DomainEvent>(
  runner: { codec: EventCodec; decider: Pick<Decider<never, State, Event>, 'evolve'> },
  newer: AsyncIterable<readonly StoredEvent[]>,
  commandId: string,
  ownId: (index: number) => string,
  loaded: Loaded<State, Event>,
): Promise<void> {
  const own: Event[] = [];
  for await (const page of newer) {
    for (const stored of page) {
      const decoded = runner.codec.decode(stored);
      const { type, data } = readable(decoded instanceof Promise ? await decoded : decoded);
      const event = { type, data } as Event;
      loaded.state = runner.decider.evolve(loaded.state, event);
      loaded.revision = stored.revision;
      loaded.position = stored.position;
      if (stored.metadata.commandId === commandId && stored.id === ownId(own.length)) {
        own.push(event);
        loaded.own = { events: own, state: loaded.state, revision: stored.revision, position: stored.position };
      }
    }
  }
}

/** Appends; while the fault is ambiguous and `again` allows it, repeats the same events with the same ids. */
async function appendSurely(
  store: EventStore,
  stream: string,
  events: readonly NewEvent[],
  revision: number,
  again: (retries: number) => Promise<boolean>,
): Promise<AppendOutcome> {
  const expected = revision < 0 ? 'no-stream' : { revision };
  for (let retries = 1; ; retries++) {
    try {
      return await store.append(stream, events, expected);
    } catch (fault) {
      if (!(fault instanceof EventStoreFault && fault.ambiguous) || !(await again(retries))) throw fault;
    }
  }
}

/** Full jitter: the racers of one stream must not come back together. */
function backOff(attempt: number): number {
  return Math.random() * Math.min(50, 2 ** attempt);
}
