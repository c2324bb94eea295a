import { generateKeySync, timingSafeEqual } from 'node:crypto';
import { RecentMap } from '../recent-map.ts';
import { macOf } from '../text/mac.ts';

export interface ProvenPasswordMemoOptions {
  /** Stored hashes remembered at most; the longest unused is forgotten first. */
  readonly capacity: number;
  /** Milliseconds that a proof lasts, from the moment it was made; using it does not lengthen it. */
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Which passwords were lately proven against which stored hash, so that a repeated one need not be hashed again.
 *
 * Holds no password and nothing that one could be tested against outside this process: HMAC-SHA256 over
 * (stored hash, password) under a key that is made with the memo and never leaves it. The stored hash is what it is
 * found by, so give it sealed, as it lies in rows. A changed password has another one, so an old proof never speaks
 * for it.
 */
export interface ProvenPasswordMemo {
  /** True only where `remember` was called with exactly these, within the last `ttlMs`. False says nothing. */
  knows(stored: string, password: string): boolean;
  /** Call only after the hasher said `match`. One proof for each stored hash: the latest. */
  remember(stored: string, password: string): void;
  clear(): void;
}

export function createProvenPasswordMemo(options: ProvenPasswordMemoOptions): ProvenPasswordMemo {
  const key = generateKeySync('hmac', { length: 256 });
  const proofs = new RecentMap<string, { readonly proof: Buffer; readonly until: number }>(options.capacity);

  return {
    knows(stored, password) {
      const known = proofs.get(stored);
      if (known === undefined) return false;
      if (options.now() >= known.until) {
        proofs.delete(stored);
        return false;
      }
      return timingSafeEqual(known.proof, macOf(key, stored, password));
    },
    remember(stored, password) {
      proofs.set(stored, { proof: macOf(key, stored, password), until: options.now() + options.ttlMs });
    },
    clear: () => proofs.clear(),
  };
}
