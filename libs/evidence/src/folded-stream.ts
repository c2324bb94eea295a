import { type EventStore, type Position, readable, type StoredEvent } from '@evident/event-store';
import type { FoldedAggregate } from './aggregates/index.ts';
import type { ShownState } from './changes.ts';
import { type EvidenceLog, type ReadEvent, readEvents } from './read-event.ts';
import type { Reader } from './reader.ts';
import { revisionsUpTo } from './revisions-up-to.ts';

/** Events of one stream that are read and folded at a time: what a fold holds in memory. */
const pageSize = 500;

export interface FoldedEvent {
  readonly event: ReadEvent;
  /** Of the stream before and after the event. */
  readonly before: ShownState;
  readonly after: ShownState;
  /** Where a later fold may go on. */
  readonly reached: FoldedSoFar;
}

/** How far a fold of one stream came. Holds what its reader was shown, in the open. */
export interface FoldedSoFar {
  /** Of the last event that the state includes. */
  readonly revision: number;
  /** Of the aggregate; opaque. */
  readonly state: unknown;
}

export interface StreamToFold {
  readonly log: EvidenceLog & { readonly store: Pick<EventStore, 'readStream' | 'readStreamEnd'> };
  readonly reader: Reader;
  readonly aggregate: FoldedAggregate;
  readonly stream: string;
  /** For `foldStream`: the revision after which events are told; all where it is left out. */
  readonly after?: number | undefined;
  /** For `foldStream`: what was folded before, which is not read again. It tells what comes after it. */
  readonly begun?: FoldedSoFar | undefined;
  /** The last position that counts; all where it is left out. */
  readonly upTo?: Position | undefined;
  /** Awaited between two pages: a long fold gives way to others there. What it throws ends the fold. */
  readonly betweenPages?: (() => Promise<void>) | undefined;
}

/**
 * A stream folded event by event, by the `evolve` that decides, as this reader sees it. From the log's leader; memory
 * is that of one page, whatever the length of the stream.
 */
export async function* foldStream(request: StreamToFold): AsyncGenerator<FoldedEvent> {
  const { aggregate, begun, after: told = begun?.revision ?? -1 } = request;
  let state = begun === undefined ? aggregate.initial : begun.state;
  let before = aggregate.show(state);
  const first = aggregate.endTellsAll ? Math.max(0, told) : 0;
  for await (const event of eventsOf(request, begun === undefined ? first : begun.revision + 1)) {
    state = aggregate.evolve(state, readable(event));
    const after = aggregate.show(state);
    const { revision } = event.stored;
    if (revision > told) yield { event, before, after, reached: { revision, state } };
    before = after;
  }
}

/** The state after the last event that counts, and that event; undefined where there is none. */
export async function stateOf(
  request: StreamToFold,
): Promise<{ readonly state: ShownState; readonly last: StoredEvent } | undefined> {
  const { aggregate } = request;
  let state = aggregate.initial;
  let last: StoredEvent | undefined;
  for await (const event of eventsOf(request, await whereToBegin(request))) {
    state = aggregate.evolve(state, readable(event));
    last = event.stored;
  }
  return last === undefined ? undefined : { state: aggregate.show(state), last };
}

/** The first revision that the state depends on. */
async function whereToBegin({ log, aggregate, stream, upTo }: StreamToFold): Promise<number> {
  if (!aggregate.endTellsAll) return 0;
  const events =
    upTo === undefined
      ? ((await log.store.readStreamEnd(stream, 1))[0]?.revision ?? -1) + 1
      : await revisionsUpTo(log.store, stream, upTo);
  return Math.max(0, events - 1);
}

async function* eventsOf(
  { log, reader, stream, upTo, betweenPages }: StreamToFold,
  first: number,
): AsyncGenerator<ReadEvent> {
  for (let from = first; ; ) {
    const page = await log.store.readStream(stream, { from, limit: pageSize });
    const counting = upTo === undefined ? page : page.filter(({ position }) => position <= upTo);
    yield* await readEvents(log, reader, counting);
    if (counting.length < pageSize) return;
    await betweenPages?.();
    // The stream may begin later than was asked for.
    from = (page.at(-1)?.revision ?? from) + 1;
  }
}
