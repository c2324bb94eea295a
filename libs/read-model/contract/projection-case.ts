import type { NewEvent } from '@evident/event-store';
import type { AnyProjection, DecodeBatch } from '../src/projection.ts';
import type { ReadModelStore } from '../src/read-model.port.ts';

/** A projection with a history that shows what it does. */
export interface ProjectionUnderTest {
  readonly projection: AnyProjection;
  readonly decode: DecodeBatch;
  /** In log order; holds every type that the projection applies. */
  readonly history: readonly { readonly stream: string; readonly event: NewEvent }[];
  /** Where the rows go, in memory unless given; what it holds of the view is dropped. */
  readonly store?: ReadModelStore;
  /** How many replays are tried, `REPLAY_RUNS` or 25 unless given: fewer where the store is slow. */
  readonly runs?: number;
}

export interface ProjectionCase {
  readonly name: string;
  /** Rejects where the projection breaks a rule. */
  run(subject: ProjectionUnderTest): Promise<void>;
}
