import { describe, it } from 'vitest';
import { batchCases } from './batch.cases.ts';
import { generationCases } from './generation.cases.ts';
import { groupCases } from './group.cases.ts';
import { modelCases } from './model.cases.ts';
import { noteCases } from './note.cases.ts';
import { queryCases } from './query.cases.ts';
import type { ReadModelCase, ReadModelUnderTest } from './read-model-case.ts';
import { rowCases } from './row.cases.ts';

/** Makes a fresh, isolated read model. */
export type ReadModelHarness = () => Promise<ReadModelUnderTest>;

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
