import type { EventStore, Position } from '@evident/event-store';
import type { Lag } from './projection-runner.ts';

/** What of the log is not applied yet: positions are no numbers, so it is counted, and only so far. */
export async function measureLag(
  events: Pick<EventStore, 'readAll'>,
  after: Position | undefined,
  { countUpTo, now }: { readonly countUpTo: number; readonly now: () => number },
): Promise<Lag> {
  const rest = await events.readAll(after, countUpTo);
  if ('outcome' in rest) return { events: 0, atLeast: true, ms: 0 };
  const oldest = rest[0];
  const ms = oldest === undefined ? 0 : Math.max(0, now() - oldest.recordedAt);
  return { events: rest.length, atLeast: rest.length === countUpTo, ms };
}
