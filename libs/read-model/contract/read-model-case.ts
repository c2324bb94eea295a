import type { ReadModelStore } from '../src/read-model.port.ts';

/** One read model, empty at first, which any number of processes share. */
export interface ReadModelUnderTest {
  /** Opens it as one more process would. */
  connect(): Promise<ReadModelStore>;
  /** Closes every connection and removes the data. */
  destroy(): Promise<void>;
  /** How many sequences the model case tries, `MODEL_RUNS` or 40 unless given: fewer where each call takes long. */
  readonly runs?: number;
}

export interface ReadModelCase {
  readonly name: string;
  /** Rejects where the adapter breaks the promise. */
  run(model: ReadModelUnderTest): Promise<void>;
}
