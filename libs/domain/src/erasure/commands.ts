import type { IdentifierPolicy } from './events.ts';

export interface RequestErasure {
  readonly type: 'request-erasure';
  readonly userId: string;
  readonly identifiers: IdentifierPolicy;
}

export interface CompleteErasure {
  readonly type: 'complete-erasure';
  readonly userId: string;
}

export type ErasureCommand = RequestErasure | CompleteErasure;
