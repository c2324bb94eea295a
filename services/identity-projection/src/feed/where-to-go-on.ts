import type { EventStore, Position } from '@evident/event-store';
import type { FeedEnd } from '@evident/transport';
import { z } from 'zod';
import type { FeedProgress } from './feed-checkpoint.ts';

const published = z.object({ position: z.string() });

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
  const position = lastBody === undefined ? undefined : positionIn(lastBody);
  const parsed = position === undefined ? undefined : log.parsePosition(position);
  return parsed !== undefined && isOfLog(log, parsed) ? parsed : undefined;
}

/** None where it is no event: whoever the broker lets may publish anything. */
function positionIn(body: string): string | undefined {
  try {
    return published.safeParse(JSON.parse(body)).data?.position;
  } catch {
    return undefined;
  }
}

function isOfLog(log: Pick<EventStore, 'compare'>, position: Position): boolean {
  return typeof log.compare(position, position) === 'number';
}
