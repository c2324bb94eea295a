export { type Delegation, delegable, isWider, uncovered } from './delegate.ts';
export { type Evaluation, evaluate, isReached, type Needed, reachOfList } from './evaluate.ts';
export type { ListReach } from './list-reach.ts';
export type { Attributes } from './match.ts';
export { meet } from './meet.ts';
export { narrow, onlyValue } from './narrow.ts';
export { type FilterKey, type Filters, filterKeys, type ParsedScope, parseScope, type Scope } from './scope.ts';
