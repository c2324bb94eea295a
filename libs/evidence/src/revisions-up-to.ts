import type { EventStore, Position } from '@evident/event-store';
import { firstRevisionPast } from './first-revision.ts';

/** The revision after the last one of a stream that stands at or before a position; 0 where there is none, or none that is left. */
export function revisionsUpTo(
  store: Pick<EventStore, 'readStream' | 'readStreamEnd'>,
  stream: string,
  position: Position,
): Promise<number> {
  return firstRevisionPast(store, stream, (event) => event.position > position);
}
