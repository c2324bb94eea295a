import { randomUUID } from 'node:crypto';
import type { FoldedSoFar } from '@evident/evidence';

interface Kept {
  readonly stream: string;
  readonly folded: FoldedSoFar;
}

/** Where a page begins: after what was folded, or where that is not at hand, after a revision. */
export type PageBegin = { readonly begun: FoldedSoFar } | { readonly after: number };

const keptForMs = 30_000;
const mostKept = 64;
const pageEnd = /^(\d{1,15})(?:\.([0-9a-f-]{36}))?$/;

/**
 * How far the folds of long streams came, from one page of an answer to the next, so that each event is folded once
 * however many pages there are. Each is taken once, by whoever was told its name with the page before; where it is not
 * at hand any more, or another process is asked, the next page folds from the beginning.
 */
export class UnfinishedFolds {
  readonly #kept = new Map<string, Kept>();

  /** The end of a page as `take` reads it. */
  keep(stream: string, folded: FoldedSoFar): string {
    const name = randomUUID();
    this.#kept.set(name, { stream, folded });
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > mostKept) this.#kept.delete(oldest);
    // It may hold what is erased meanwhile.
    setTimeout(() => this.#kept.delete(name), keptForMs).unref();
    return `${folded.revision}.${name}`;
  }

  /** Undefined where the text is no end of a page. */
  take(stream: string, end: string): PageBegin | undefined {
    const [, revision, name = ''] = pageEnd.exec(end) ?? [];
    if (revision === undefined) return undefined;
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept?.stream === stream ? { begun: kept.folded } : { after: Number(revision) };
  }
}
