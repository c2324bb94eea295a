import type { EventStore, Position } from '@evident/event-store';

/**
 * The revision after the last one of a stream that stands at or before a position, found by halves, so that a long stream
 * costs little more; 0 where there is none, or none that is left.
 */
export async function revisionsUpTo(
  store: Pick<EventStore, 'readStream' | 'readStreamEnd'>,
  stream: string,
  position: Position,
): Promise<number> {
  const last = (await store.readStreamEnd(stream, 1))[0];
  if (last === undefined) return 0;
  if (last.position <= position) return last.revision + 1;
  let [low, high] = [0, last.revision];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [event] = await store.readStream(stream, { from: middle, limit: 1 });
    if (event === undefined || event.position > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
