import type { AppendOutcome, EventStoreFaultCode, Expected, NewEvent } from '../../src/event-store.port.ts';
import { printPosition } from './place.ts';

/** What the writer's thread is started with. */
export interface WriterStart {
  readonly path: string;
  readonly logId: string;
  readonly identity: string;
  readonly maxBytes: number | undefined;
}

/** One append as it crosses to the writer's thread: JSON text, which is cheaper to send than objects. */
export type AppendMessage = readonly [stream: string, expected: Expected, events: readonly NewEvent[]];

/** The beginning of a stream to be let go; as JSON text beside appends, and told from them by its length. */
export type TruncationMessage = readonly [stream: string, before: number];

export interface BatchRequest {
  /** Appends and truncations, in the order in which they were asked for. */
  readonly appends: readonly string[];
  /** Milliseconds since the epoch by the clock of the store. */
  readonly now: number;
}

export interface FaultMessage {
  readonly code: EventStoreFaultCode;
  readonly message: string;
  readonly ambiguous: boolean;
}

/** Numbers of all appends of the batch, in order, or why all of them failed. */
export type BatchReply =
  | { readonly results: Float64Array<ArrayBuffer>; readonly faults: readonly (FaultMessage | undefined)[] }
  | { readonly fault: FaultMessage };

/** Numbers in `results` for each append: kind, place, revision, recorded at. Of a truncation: kind, whether there is more, first revision. */
export const resultWidth = 4;
export const resultKind = { appended: 0, repeated: 1, conflict: 2, fault: 3, truncated: 4 } as const;

/** How far a truncation has come. */
export interface Truncated {
  /** The revision with which the stream begins. */
  readonly first: number;
  /** Whether less was let go than was asked for, so that one transaction is never long. */
  readonly more: boolean;
}

export function truncatedAt(results: Float64Array, index: number): Truncated {
  const at = index * resultWidth;
  return { more: results[at + 1] === 1, first: results[at + 2] ?? 0 };
}

export function outcomeAt(results: Float64Array, index: number, logId: string): AppendOutcome {
  const at = index * resultWidth;
  const [kind = 0, place = 0, revision = 0, recordedAt = 0] = results.subarray(at, at + resultWidth);
  if (kind === resultKind.conflict) return { outcome: 'conflict', actual: revision };
  return {
    outcome: 'appended',
    position: printPosition(logId, place),
    revision,
    recordedAt,
    repeated: kind === resultKind.repeated,
  };
}
