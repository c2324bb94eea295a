export { BreakableReadModel, type ReadModelFlaw } from './breakable-read-model.ts';
export { killedProjectorContract } from './killed-projector.contract.ts';
export { MemoryLog } from './memory-log.ts';
export type { ReadModelOpener } from './projecting-process.ts';
export {
  type ProjectionCase,
  type ProjectionUnderTest,
  projectionCases,
  projectionContract,
} from './projection.contract.ts';
export {
  type ReadModelCase,
  type ReadModelHarness,
  type ReadModelUnderTest,
  readModelCases,
  readModelContract,
  runReadModelCase,
} from './read-model.contract.ts';
