import { describe, it } from 'vitest';
import type { ProjectionCase, ProjectionUnderTest } from './projection-case.ts';

import { projectionPurityCases } from './projection-purity.cases.ts';
import { projectionReplayCases } from './projection-replay.cases.ts';

/** Every rule that the runner relies on, one case each. */
export const projectionCases: readonly ProjectionCase[] = [...projectionPurityCases, ...projectionReplayCases];

/** Holds projections to the rules, each with the history that it is shown; to all of them unless told otherwise. */
export function projectionContract(subjects: readonly ProjectionUnderTest[], cases = projectionCases): void {
  for (const subject of subjects) {
    describe(`contract=projection ${subject.projection.name}`, () => {
      for (const one of cases) it(one.name, () => one.run(subject));
    });
  }
}
