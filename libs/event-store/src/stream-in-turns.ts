import type { EventStore, StoredEvent } from './event-store.port.ts';
import { ownTurn } from './own-turn.ts';

/** Events read at a time: more than almost every stream has. */
const pageSize = 32;

type Streams = Pick<EventStore, 'readStream'>;

/** What `streamInTurns` gives first; empty where there is nothing from this revision on. */
export function firstPage(store: Streams, stream: string, from: number): Promise<readonly StoredEvent[]> {
  return store.readStream(stream, { from, limit: pageSize });
}

/** What `streamInTurns` gives after a page. */
export async function* laterPages(
  store: Streams,
  stream: string,
  page: readonly StoredEvent[],
): AsyncGenerator<readonly StoredEvent[]> {
  for (let before = page; before.length === pageSize; ) {
    await ownTurn();
    before = await firstPage(store, stream, (before.at(-1)?.revision ?? 0) + 1);
    if (before.length > 0) yield before;
  }
}

/**
 * The events of a stream from revision `from` on, as `readStream` gives them, in pages of which none is empty. How long
 * a stream is may be up to whom it is about: of all that read long ones at the same moment one reads its next page in a
 * turn of the event loop, so that others are answered between them, and memory is that of a page for each.
 */
export async function* streamInTurns(store: Streams, stream: string, from = 0): AsyncGenerator<readonly StoredEvent[]> {
  const page = await firstPage(store, stream, from);
  if (page.length > 0) yield page;
  yield* laterPages(store, stream, page);
}
