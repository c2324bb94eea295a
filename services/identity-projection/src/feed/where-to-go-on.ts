import type { EventStore, Position } from '@evident/event-store';
import type { FeedEnd } from '@evident/transport';
import type { FeedProgress } from './feed-checkpoint.ts';

export interface GoOn {
  /** Everything up to here is in the stream, or was and has expired; undefined: nothing is. */
  readonly after: Position | undefined;
  /** The stream is not the one of the checkpoint, or lost what it held. */
  readonly wiped: boolean;
}

/**
 * After which event publishing goes on. The stream's own last message says it best, since a checkpoint is saved after
 * the broker's answer; the checkpoint counts where that message has expired or was purged. A stream that was made at
 * another time, or ends lower than it did, has lost its storage: what is in it now is all there is.
 */
export function whereToGoOn(
  log: Pick<EventStore, 'compare' | 'parsePosition'>,
  end: FeedEnd,
  checkpoint: FeedProgress | undefined,
): GoOn {
  const inStream = positionOf(log, end);
  const kept = checkpoint !== undefined && isOfLog(log, checkpoint.position) ? checkpoint : undefined;
  if (kept === undefined) return { after: inStream, wiped: checkpoint !== undefined };
  if (kept.created !== end.created || end.lastSequence < kept.lastSequence) return { after: inStream, wiped: true };
  const further = inStream !== undefined && inStream > kept.position;
  return { after: further ? inStream : kept.position, wiped: false };
}

function positionOf(log: Pick<EventStore, 'compare' | 'parsePosition'>, { lastBody }: FeedEnd): Position | undefined {
  if (lastBody === undefined) return undefined;
  const { position } = JSON.parse(lastBody) as { readonly position?: unknown };
  const parsed = typeof position === 'string' ? log.parsePosition(position) : undefined;
  return parsed !== undefined && isOfLog(log, parsed) ? parsed : undefined;
}

function isOfLog(log: Pick<EventStore, 'compare'>, position: Position): boolean {
  return typeof log.compare(position, position) === 'number';
}
