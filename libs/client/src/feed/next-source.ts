import { logOf } from '../cloud-event.ts';
import { EventsExpired, EvidentError, LogChanged } from '../errors.ts';
import type { Place } from './checkpoint.ts';
import type { StreamStart, StreamState } from './event-stream.ts';
import { isPosition } from './from.ts';

/**
 * - `stream`: JetStream holds everything that comes next.
 * - `log`: it does not, or nobody can say; read `GET /events` up to its end, after which the stream holds the rest.
 * - `now`: only what is new is wanted; the place to begin at.
 */
export type NextSource =
  | { readonly source: 'stream'; readonly start: StreamStart }
  | { readonly source: 'log'; readonly after: string | undefined }
  | { readonly source: 'now'; readonly place: Place };

/** Evident makes it when it publishes, and anew where it was removed, and then it holds everything again. */
const noStream = 'NATS has no stream of Evident: it is waited for; check that Evident runs with the same NATS_URL';

export interface Known {
  readonly place: Place | undefined;
  /** `new`, `start`, a time (RFC 3339, UTC) or a position; counts while there is no place. */
  readonly from: string;
  /** Undefined: no NATS was given, it is away, or there is no stream. */
  readonly stream: StreamState | undefined;
  /** When the subscription began, RFC 3339: where `new` begins without a stream. */
  readonly begun: string;
  /** Whether the log can be read over HTTP. */
  readonly hasLog: boolean;
}

/** A server's clock may be before that of the log: a start by time begins so much earlier, and what is too old is dropped. */
const clockMarginMs = 60_000;

/**
 * Where to read on so that nothing is missed. Throws `EventsExpired` where nothing that was given holds it, `LogChanged`
 * where the stream is of another log, and `unavailable` where there is no stream to look into yet.
 */
export function nextSource({ place, from, stream, begun, hasLog }: Known): NextSource {
  const before = place?.stream;
  if (stream !== undefined && before !== undefined && holds(stream, before)) {
    return { source: 'stream', start: { sequence: before.sequence + 1 } };
  }
  const isFromNow = place === undefined && from === 'new';
  if (stream === undefined && !hasLog && !isFromNow) throw new EvidentError('unavailable', noStream);
  const position = place?.position ?? (isPosition(from) ? from : undefined);
  if (position !== undefined) return afterPosition(position, stream, hasLog);
  if (from === 'new' || place !== undefined) return fromNow(place, stream, hasLog ? begun : undefined);
  if (from === 'start') {
    if (stream !== undefined && isWhole(stream)) return { source: 'stream', start: { sequence: 1 } };
    return fromLog(undefined, hasLog, 'the first event');
  }
  return fromTime(from, stream, hasLog);
}

function afterPosition(position: string, stream: StreamState | undefined, hasLog: boolean): NextSource {
  if (hasLog) return { source: 'log', after: position };
  const first = stream?.firstPosition;
  if (first !== undefined && logOf(first) !== logOf(position)) throw new LogChanged(position);
  const isThere = stream !== undefined && (isWhole(stream) || (first !== undefined && first <= position));
  // Without the log it is looked for from the beginning of the stream, and what was handled is dropped.
  if (isThere) return { source: 'stream', start: { sequence: stream.firstSequence } };
  throw new EventsExpired(position);
}

function fromNow(place: Place | undefined, stream: StreamState | undefined, begun: string | undefined): NextSource {
  // A place without a position was made by "new": what came between is only in the stream, or nobody knows where.
  if (place !== undefined) throw new EventsExpired('the moment at which it began');
  // Where nothing is in the stream there is no position to go on from in the log, should the first messages expire.
  const isUnplaced = stream?.lastPosition === undefined && begun !== undefined;
  if (stream === undefined || isUnplaced) return fromLog(begun, begun !== undefined, 'this moment');
  const { created, lastSequence: sequence, lastPosition: position } = stream;
  return { source: 'now', place: { position, stream: { created, sequence } } };
}

function fromTime(time: string, stream: StreamState | undefined, hasLog: boolean): NextSource {
  const earlier = new Date(Date.parse(time) - clockMarginMs).toISOString();
  const reachesBack = stream?.firstTime !== undefined && stream.firstTime <= earlier;
  if (stream !== undefined && (isWhole(stream) || reachesBack)) return { source: 'stream', start: { time: earlier } };
  return fromLog(earlier, hasLog, time);
}

function fromLog(after: string | undefined, hasLog: boolean, place: string): NextSource {
  if (hasLog) return { source: 'log', after };
  throw new EventsExpired(place);
}

/** The same stream, and the message after that place has neither expired nor been lost. */
function holds(stream: StreamState, { created, sequence }: NonNullable<Place['stream']>): boolean {
  return created === stream.created && stream.firstSequence <= sequence + 1 && sequence <= stream.lastSequence;
}

/** Published from the first event of the log on, and nothing has expired. */
function isWhole({ firstSequence }: StreamState): boolean {
  return firstSequence <= 1;
}
