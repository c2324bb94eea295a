import { setTimeout as sleep } from 'node:timers/promises';
import { type Decider, type Decision, type DomainEvent, fold } from '@evident/domain';
import type { CommandMetadata, EventCodec } from './event-codec.ts';
import {
  type AppendOutcome,
  type EventStore,
  EventStoreFault,
  type NewEvent,
  type Position,
} from './event-store.port.ts';
import { StreamOfCommand } from './stream-of-command.ts';
import type { StreamState } from './stream-states.ts';

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
  /** Whose key seals personal members; the id of the stream where left out; null where they are about nobody. */
  readonly person?: string | null;
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
      /** On which it was judged. */
      readonly state: State;
      /** The end of the stream on which it was judged. */
      readonly position?: Position;
    }
  /** Others changed the stream at every attempt: nothing was done, the same command may be sent again. */
  | { readonly outcome: 'contended'; readonly attempts: number };

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
  const { stream, step, command, metadata, person, deadline = Number.POSITIVE_INFINITY, tail, known } = request;
  const seen = new StreamOfCommand(runner, { stream, step, commandId: metadata.commandId, tail, known });
  const mayTryAgain = (attempt: number) => attempt < attempts && now() < deadline;

  for (let attempt = 1; ; attempt++) {
    await seen.catchUp();
    if (seen.own !== undefined) return { outcome: 'accepted', ...seen.own, repeated: true };

    const decision = decider.decide(command, seen.end.state);
    if (!decision.accepted || decision.events.length === 0) {
      if (await seen.remembersOwn()) {
        seen.startOver();
        continue;
      }
      return decision.accepted ? alreadySo(seen.end, await store.lastPosition()) : rejected(decision, seen.end);
    }

    const { events } = decision;
    const named = events.map((event, index) => ({ id: seen.ownId(index), type: event.type, data: event.data }));
    const encoded = await codec.encode(named, { stream, metadata, ...(person === undefined ? {} : { person }) });
    const appended = await appendSurely(store, stream, encoded, seen.end.revision, async (retries) => {
      if (!mayTryAgain(retries)) return false;
      await wait(backOff(retries));
      return true;
    });
    if (appended.outcome === 'appended' && !appended.repeated) {
      const { position, revision } = appended;
      const state = fold(decider, seen.end.state, events);
      return { outcome: 'accepted', events, state, position, revision, repeated: false };
    }
    // Repeated: what was written before, perhaps by another process and with other times in it, is what happened.
    if (appended.outcome === 'appended') {
      // It may lie before the last events that were read; then all are read.
      if (appended.revision <= seen.end.revision) seen.startOver();
      continue;
    }
    // Nobody was faster: some of these ids are there, since this command once decided on another state.
    if (appended.actual === seen.end.revision) seen.startOver();
    if (!mayTryAgain(attempt)) return { outcome: 'contended', attempts: attempt };
    await wait(backOff(attempt));
  }
}

function alreadySo<State>({ state, revision }: StreamState<State>, position: Position | undefined) {
  return { outcome: 'accepted', events: [], state, position, revision, repeated: false } as const;
}

function rejected<State, Code extends string>(
  { code, details }: Extract<Decision<never, Code>, { accepted: false }>,
  { state, position }: StreamState<State>,
) {
  return {
    outcome: 'rejected',
    code,
    ...(details === undefined ? {} : { details }),
    state,
    ...(position === undefined ? {} : { position }),
  } as const;
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
