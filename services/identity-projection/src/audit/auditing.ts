import { fail } from '@evident/contracts';
import type { Position } from '@evident/event-store';
import type { Reader } from '@evident/evidence';
import type { Log } from '@evident/log';
import type { ReadModelStore } from '@evident/read-model';
import type { Clock } from '@evident/runtime';
import type { Found } from '../reading/reading.ts';

/** What the audit reads from: the log itself, and the rows by which places in it are found. */
export interface Auditing {
  readonly tenant: string;
  readonly log: Pick<Log, 'store' | 'codec' | 'lookup' | 'preloadPersons'>;
  /** The views of the group `evidence`. */
  readonly rows: Pick<ReadModelStore, 'get' | 'getMany' | 'find'>;
  readonly now: Clock;
}

/** Who asks, and what the rows that are asked include. */
export interface Asker {
  readonly reader: Reader;
  /** The end of the log as it was when the question came; the rows have passed it. Undefined on an empty log. */
  readonly head: Position | undefined;
  /** Milliseconds since the epoch after which nobody waits for the answer. */
  readonly deadline: number;
}

export function noSuchType(pattern: string) {
  return badQuery(`No event type matches ${JSON.stringify(pattern)}; write a type, like user.registered, user.* or *.`);
}

export function badQuery(reason: string): Extract<Found<never>, { error: unknown }> {
  return fail('audit.bad-query', { details: { reason } });
}
