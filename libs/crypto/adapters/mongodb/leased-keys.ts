import type { KeyObject } from 'node:crypto';
import { RecentMap } from '../../src/recent-map.ts';

interface Lease {
  readonly key: KeyObject;
  readonly wrapped: string;
  /** Until when it may be given out without asking, by `performance.now()`. */
  readonly until: number;
}

/**
 * Keys that this process may give out without asking MongoDB. A key is good for the length of a lease from the moment
 * at which it was asked for, and an erasure is acknowledged only when every lease of before it has ended: so no clock
 * has to agree with another, they only have to run at the same speed. That somebody was erased is known for ever.
 */
export class LeasedKeys {
  readonly #known: RecentMap<string, Lease | 'erased'>;
  readonly #leaseMs: number;

  constructor(leaseMs: number, size: number) {
    this.#leaseMs = leaseMs;
    this.#known = new RecentMap(size);
  }

  get(person: string): KeyObject | 'erased' | undefined {
    const known = this.#known.get(person);
    if (known === undefined || known === 'erased') return known;
    return performance.now() < known.until ? known.key : undefined;
  }

  /** The key in memory, with or without a lease, where it is wrapped as this: unwrapping it again is spared. */
  same(person: string, wrapped: string): KeyObject | undefined {
    const known = this.#known.get(person);
    return known !== undefined && known !== 'erased' && known.wrapped === wrapped ? known.key : undefined;
  }

  /** `askedAt`: right before the question was sent, by `performance.now()`. */
  lease(
    person: string,
    key: KeyObject,
    { wrapped, askedAt }: { readonly wrapped: string; readonly askedAt: number },
  ): void {
    if (this.#known.get(person) === 'erased') return;
    this.#known.set(person, { key, wrapped, until: askedAt + this.#leaseMs });
  }

  erased(person: string): void {
    this.#known.set(person, 'erased');
  }
}
