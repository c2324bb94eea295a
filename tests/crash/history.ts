import { until } from '@evident/testing';
import type { Answer, Body } from '../e2e/http.ts';
import type { Operation } from './operations.ts';

/**
 * How an attempt ended for its caller. `in-doubt`: no answer, or one that says that the outcome is unknown (503); it
 * may have been done or not.
 */
export type Outcome =
  | { readonly kind: 'acknowledged'; readonly body: Body; readonly position: string | undefined }
  | { readonly kind: 'refused'; readonly status: number; readonly body: Body }
  | {
      readonly kind: 'in-doubt';
      readonly status: number | undefined;
      /** Its `Retry-After`, where it was answered. */
      readonly retryAfter?: string | undefined;
    };

export interface Entry {
  readonly operation: Operation;
  readonly idempotencyKey: string;
  /** In doubt until it is answered: also where the writer itself was stopped. */
  readonly outcome: Outcome;
  /** Milliseconds from the question to the answer. */
  readonly tookMs?: number;
}

/** Only what hangs ever meets it: a busy machine, or a slow server of rows, takes its time. */
export const patienceMs = 300_000;

/** An entry whose answer is still to come. */
interface Recorded extends Entry {
  outcome: Outcome;
  tookMs?: number;
}

/** What callers were told, in the order in which they asked. Only ever added to. */
export class History {
  readonly #entries: Recorded[] = [];
  #acknowledged = 0;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when so many more were acknowledged than are now. */
  async untilAcknowledged(more: number): Promise<void> {
    const enough = this.#acknowledged + more;
    await until(() => this.#acknowledged >= enough || undefined, {
      what: `${more} more acknowledged writes`,
      withinMs: patienceMs,
    });
  }

  /** Records that it is asked for; the function given back records the answer. */
  begin(operation: Operation, idempotencyKey: string): (answer: Answer | undefined) => Outcome {
    const entry: Recorded = { operation, idempotencyKey, outcome: unanswered };
    const began = performance.now();
    this.#entries.push(entry);
    return (answer) => {
      entry.tookMs = performance.now() - began;
      entry.outcome = outcomeOf(answer);
      if (entry.outcome.kind === 'acknowledged') this.#acknowledged += 1;
      return entry.outcome;
    };
  }

  /** Operations from this entry on of which no attempt has a definite answer, each once, with its key. */
  inDoubt(from = 0): readonly Entry[] {
    const open = new Map<string, Entry>();
    for (const entry of this.#entries.slice(from)) {
      if (entry.outcome.kind === 'in-doubt') open.set(entry.idempotencyKey, entry);
      else open.delete(entry.idempotencyKey);
    }
    return [...open.values()];
  }
}

const unanswered: Outcome = { kind: 'in-doubt', status: undefined };

function outcomeOf(answer: Answer | undefined): Outcome {
  if (answer === undefined) return unanswered;
  const { status, body, headers } = answer;
  if (status === 503) return { kind: 'in-doubt', status, retryAfter: headers.get('retry-after') ?? undefined };
  if (status >= 400) return { kind: 'refused', status, body };
  return { kind: 'acknowledged', body, position: headers.get('x-evident-position') ?? undefined };
}
