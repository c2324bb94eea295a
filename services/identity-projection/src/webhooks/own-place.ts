import { type EventStore, findOrigin, type Position } from '@evident/event-store';

/**
 * Where a position that was noted earlier lies in this log: there, or in a log that was migrated after the copy of the
 * event that stood there. Undefined where it means nothing here. Reads the log from its end for a position of another.
 */
export async function ownPlace(
  store: Pick<EventStore, 'compare' | 'readAllBackwards'>,
  noted: Position,
): Promise<Position | undefined> {
  return typeof store.compare(noted, noted) === 'number' ? noted : findOrigin(store, noted);
}
