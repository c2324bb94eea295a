import { describe, it } from 'vitest';
import type { ReadModelStore } from '../src/read-model.port.ts';
import { batchCases } from './batch.cases.ts';
import { generationCases } from './generation.cases.ts';
import { groupCases } from './group.cases.ts';
import { modelCases } from './model.cases.ts';
import { noteCases } from './note.cases.ts';
import { queryCases } from './query.cases.ts';
import { rowCases } from './row.cases.ts';

/** One read model, empty at first, which any number of processes share. */
export interface ReadModelUnderTest {
  /** Opens it as one more process would. */
  connect(): Promise<ReadModelStore>;
  /** Closes every connection and removes the data. */
  destroy(): Promise<void>;
  /** How many sequences the model case tries, `MODEL_RUNS` or 40 unless given: fewer where each call takes long. */
  readonly runs?: number;
}

/** Makes a fresh, isolated read model. */
export type ReadModelHarness = () => Promise<ReadModelUnderTest>;

export interface ReadModelCase {
  readonly name: string;
  /** Rejects where the adapter breaks the promise. */
  run(model: ReadModelUnderTest): Promise<void>;
}

/** Every promise of the port, one case each. */
export const readModelCases: readonly ReadModelCase[] = [
  ...rowCases,
  ...batchCases,
  ...groupCases,
  ...generationCases,
  ...noteCases,
  ...queryCases,
  ...modelCases,
];

/** Runs one case against a fresh read model. */
export async function runReadModelCase(one: ReadModelCase, open: ReadModelHarness): Promise<void> {
  const model = await open();
  try {
    await one.run(model);
  } finally {
    await model.destroy();
  }
}

/** Binds the suite to an adapter. `skip` names cases that it cannot pass, each with the reason, which is printed. */
export function readModelContract(
  name: string,
  { open, skip = {} }: { readonly open: ReadModelHarness; readonly skip?: Readonly<Record<string, string>> },
): void {
  const unknown = Object.keys(skip).filter((skipped) => !readModelCases.some((one) => one.name === skipped));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(`contract=read-model ${name}`, () => {
    for (const one of readModelCases) {
      const reason = skip[one.name];
      if (reason === undefined) it(one.name, () => runReadModelCase(one, open));
      else it.skip(`${one.name} (skipped: ${reason})`);
    }
  });
}
