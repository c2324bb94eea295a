import type { Position } from '@evident/event-store';
import type { ParkedStream, Reached } from '@evident/read-model';

/** How far a group of views has come, as queries need to know it. */
export interface Progress {
  /** Everything up to here is visible; undefined before the first event. */
  position(): Position | undefined;
  /** Resolves at once where the rows include the position, else with the batch that brings it or when time is up. */
  reached(position: Position, withinMs: number): Promise<Reached>;
  /** Resolves once it is known what waits, which is a moment after the start; false where time is up before. */
  known(withinMs: number): Promise<boolean>;
  /** True where events of the stream wait for an operator, so that the row that it feeds may be stale. */
  isParked(projection: string, stream: string): boolean;
  /** All streams that wait. */
  parked(): readonly ParkedStream[];
}
