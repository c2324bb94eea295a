export { type BreakablePersonKeysFlaw, createBreakablePersonKeysStore } from './breakable-person-keys.ts';
export {
  type PersonKeysHarness,
  personKeysCases,
  personKeysContract,
  runPersonKeysCase,
} from './person-keys.contract.ts';
export type { PersonKeysCase, PersonKeysStore } from './person-keys-case.ts';
