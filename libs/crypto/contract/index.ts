export { type BreakablePersonKeysFlaw, createBreakablePersonKeysStore } from './breakable-person-keys.ts';
export {
  type PersonKeysCase,
  type PersonKeysHarness,
  type PersonKeysStore,
  personKeysCases,
  personKeysContract,
  runPersonKeysCase,
} from './person-keys.contract.ts';
