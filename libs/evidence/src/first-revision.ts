import type { EventStore, StoredEvent } from '@evident/event-store';

/**
 * The first revision of a stream whose event is past something, found by halves, so that a long stream costs little more;
 * the revision after the last one where none is, 0 where there is no stream. Whatever follows an event that is past has
 * to be past as well.
 */
export async function firstRevisionPast(
  store: Pick<EventStore, 'readStream' | 'readStreamEnd'>,
  stream: string,
  isPast: (event: StoredEvent) => boolean | Promise<boolean>,
): Promise<number> {
  const [last] = await store.readStreamEnd(stream, 1);
  if (last === undefined) return 0;
  if (!(await isPast(last))) return last.revision + 1;
  let [low, high] = [0, last.revision];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [event] = await store.readStream(stream, { from: middle, limit: 1 });
    if (event === undefined || (await isPast(event))) high = middle;
    else low = middle + 1;
  }
  return low;
}
