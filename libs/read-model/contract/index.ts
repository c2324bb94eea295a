export { BreakableReadModel } from './breakable-read-model.ts';
export { killedProjectorContract } from './killed-projector.contract.ts';
export { MemoryLog } from './memory-log.ts';
export type { ReadModelOpener } from './projecting-process.ts';
export {
  projectionCases,
  projectionContract,
} from './projection.contract.ts';
export type { ProjectionCase, ProjectionUnderTest } from './projection-case.ts';
export {
  type ReadModelHarness,
  readModelCases,
  readModelContract,
  runReadModelCase,
} from './read-model.contract.ts';
export type { ReadModelCase, ReadModelUnderTest } from './read-model-case.ts';
export type { ReadModelFlaw } from './read-model-flaw.ts';
