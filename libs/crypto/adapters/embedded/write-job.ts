import type { SqliteFaultCode } from './sqlite-fault.ts';

/** One change, as the writer thread gets it. Keys cross to it in wrapped form only. */
export type WriteJob =
  /** Adds these keys, except to persons who have one or were erased. */
  | { readonly kind: 'add'; readonly entries: readonly (readonly [person: string, wrapped: string])[] }
  | { readonly kind: 'erase'; readonly person: string };

/** Keys added, or keys deleted. */
export type WriteResult = number;

export interface WriterData {
  readonly path: string;
}

/** All jobs of one message are one transaction. */
export type WriterReply =
  | { readonly outcome: 'committed'; readonly results: readonly WriteResult[] }
  | { readonly outcome: 'failed'; readonly code: SqliteFaultCode; readonly message: string };
