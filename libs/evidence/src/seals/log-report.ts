import type { Expiry, Seal } from '@evident/domain';
import type { EventStore } from '@evident/event-store';

/** One thing that is wrong with a log, and where. */
export interface LogFinding {
  readonly code:
    | 'damaged'
    | 'wrong-root'
    | 'wrong-order'
    | 'wrong-seal'
    | 'foreign-key'
    | 'gap'
    | 'cut-off'
    | 'missing-seal'
    | 'wrong-expiry'
    | 'not-let-go';
  readonly message: string;
  /** Of the seal that shows it. */
  readonly seal?: number;
  /** The first and the last event that it concerns. */
  readonly from?: string;
  readonly to?: string;
}

export interface LogReport {
  readonly events: number;
  /** Attempts to sign in that expired and are in the log no more, each vouched for by an expiry. */
  readonly letGo: number;
  readonly seals: number;
  /** Events after the last seal: nothing proves anything of them yet. */
  readonly unsealed: number;
  /** What is in the log is what was recorded, in the order in which it was. */
  readonly integrity: { readonly ok: boolean; readonly findings: readonly LogFinding[] };
  /** Nothing that is known to have been in the log is missing from it. */
  readonly completeness: { readonly ok: boolean; readonly findings: readonly LogFinding[] };
}

export interface LogToVerify {
  readonly tenant: string;
  readonly store: Pick<EventStore, 'readAll' | 'parsePosition' | 'compare'>;
  /** Seals of the log in its order, as they stand there. */
  readonly seals: AsyncIterable<Seal>;
  /** Expiries that list attempts with a number greater than one, in the order of the log, as they stand there. */
  expiries(after: number): AsyncIterable<Expiry>;
  /** Names of the keys that are ours; a seal or an expiry by any other is a forgery. */
  readonly trusted: ReadonlySet<string>;
  /** Seals that were kept elsewhere. */
  readonly kept: readonly Seal[];
  readonly report?: (events: number) => void;
}
