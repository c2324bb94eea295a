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

type ReadLog = Pick<EventStore, 'compare' | 'parsePosition' | 'lastPosition' | 'readAll'>;

const pageSize = 1_000;

/**
 * After which event publishing goes on. The stream's own last message says it best, since a checkpoint is saved after
 * the broker's answer; the checkpoint counts where that message has expired or was purged. A stream that was made at
 * another time, or ends lower than it did, has lost its storage: what is in it now is all there is. Throws where it is
 * aborted.
 */
export async function whereToGoOn(
  log: ReadLog,
  end: FeedEnd,
  checkpoint: FeedProgress | undefined,
  signal: AbortSignal,
): Promise<GoOn> {
  const kept = checkpoint !== undefined && isOfLog(log, checkpoint.position) ? checkpoint : undefined;
  const isLost = kept !== undefined && (kept.created !== end.created || end.lastSequence < kept.lastSequence);
  const inStream = await publishedUpTo(log, end, isLost ? undefined : kept, signal);
  if (kept === undefined) return { after: inStream, wiped: checkpoint !== undefined };
  return isLost ? { after: inStream, wiped: true } : { after: inStream ?? kept.position, wiped: false };
}

/** What the last message says, where that is further than what is known and this publisher can have come there. */
async function publishedUpTo(
  log: ReadLog,
  end: FeedEnd,
  known: FeedProgress | undefined,
  signal: AbortSignal,
): Promise<Position | undefined> {
  const position = positionOf(log, end);
  if (position === undefined || (known !== undefined && position <= known.position)) return undefined;
  if (position > ((await log.lastPosition()) ?? '')) return undefined;
  const messages = end.lastSequence - (known?.lastSequence ?? 0);
  return (await isEachSent(log, { after: known?.position, upTo: position, messages }, signal)) ? position : undefined;
}

interface Sent {
  readonly after: Position | undefined;
  readonly upTo: Position;
  readonly messages: number;
}

/** Whether there are as many messages as events: somebody else's, that claims a place further on, would hide events. */
async function isEachSent(log: ReadLog, { after, upTo, messages }: Sent, signal: AbortSignal): Promise<boolean> {
  for (let from = after, counted = 0; ; ) {
    signal.throwIfAborted();
    const page = await log.readAll(from, pageSize);
    if ('outcome' in page) return false;
    counted += page.filter(({ position }) => position <= upTo).length;
    if (counted > messages) return false;
    const last = page.at(-1)?.position;
    if (last === undefined || last >= upTo) return true;
    from = last;
  }
}

function positionOf(log: ReadLog, { lastBody }: FeedEnd): Position | undefined {
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

function isOfLog(log: ReadLog, position: Position): boolean {
  return typeof log.compare(position, position) === 'number';
}
