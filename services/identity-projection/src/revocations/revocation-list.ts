import type { Revocation } from '@evident/contracts';

interface Entry {
  readonly sequence: number;
  readonly revocation: Revocation;
  /** Milliseconds since the epoch after which no token can be meant any more. */
  readonly matters: number;
}

export interface RevocationPage {
  /** That of the last change given, or of the list where all were. */
  readonly sequence: number;
  readonly changes: readonly Revocation[];
  /** False where more than `limit` came after: ask again from `sequence`. */
  readonly complete: boolean;
}

/**
 * What has ended and can still matter, each change under a sequence number of its own. A later change about the same
 * holder replaces the earlier one, so that "since any number" and "everything" are the same question; memory is bounded
 * by the people and sessions whose tokens ended within one life of a token.
 */
export class RevocationList {
  /** In order of sequence; holds replaced entries until it is compacted. */
  #entries: Entry[] = [];
  readonly #latest = new Map<string, Entry>();
  #sequence = 0;

  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#latest.size;
  }

  /** False where it is known already: the same session, or the same generation of a user or agent or a later one. */
  add(revocation: Revocation, matters: number): boolean {
    const subject = subjectOf(revocation);
    const known = this.#latest.get(subject)?.revocation;
    if (known?.kind === 'session') return false;
    if (known !== undefined && revocation.kind !== 'session' && known.generation >= revocation.generation) return false;
    this.#sequence += 1;
    const entry = { sequence: this.#sequence, revocation, matters };
    this.#entries.push(entry);
    this.#latest.set(subject, entry);
    return true;
  }

  /** Changes after a sequence number, oldest first; from 0, all that can still matter. */
  since(sequence: number, limit: number): RevocationPage {
    const changes: Revocation[] = [];
    for (let place = this.#placeAfter(sequence); place < this.#entries.length; place++) {
      const entry = this.#entries[place];
      if (entry === undefined || !this.#isLatest(entry)) continue;
      if (changes.length === limit) return { sequence: this.#before(place), changes, complete: false };
      changes.push(entry.revocation);
    }
    return { sequence: this.#sequence, changes, complete: true };
  }

  /** Lets go of what no token can be meant by any more. */
  prune(now: number): void {
    const gone = (entry: Entry) => entry.matters <= now || !this.#isLatest(entry);
    const first = this.#entries[0];
    // Entries lie about in the order in which they end, so that an old one in front is worth a pass over all.
    const due = (first !== undefined && gone(first)) || this.#entries.length > 2 * this.#latest.size + 1_024;
    if (!due) return;
    this.#entries = this.#entries.filter((entry) => {
      if (!gone(entry)) return true;
      if (this.#isLatest(entry)) this.#latest.delete(subjectOf(entry.revocation));
      return false;
    });
  }

  #isLatest(entry: Entry): boolean {
    return this.#latest.get(subjectOf(entry.revocation)) === entry;
  }

  #before(place: number): number {
    return (this.#entries[place]?.sequence ?? 1) - 1;
  }

  /** Of the first entry with a higher number. */
  #placeAfter(sequence: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function subjectOf(revocation: Revocation): string {
  switch (revocation.kind) {
    case 'user':
      return `user:${revocation.userId}`;
    case 'agent':
      return `service:${revocation.agentId}`;
    case 'session':
      return `session:${revocation.sessionId}`;
  }
}
