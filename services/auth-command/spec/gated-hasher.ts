import { createPasswordHasher, type PasswordHasher } from '@evident/crypto';

/** Real argon2id at a cost that a spec can afford. */
const cheapCost = { memoryKib: 64, passes: 1, lanes: 1 } as const;

export interface GatedHasher extends PasswordHasher {
  /** Awaited after each computation and before its answer: what happens there happens while a hash is computed. */
  whileHashing: (() => Promise<void>) | undefined;
  /** Computations so far, for "the same work". */
  readonly computed: number;
  /** Answers every further call as an overloaded queue does. */
  overloaded: boolean;
}

export function createGatedHasher(cost: Parameters<typeof createPasswordHasher>[0] = cheapCost): GatedHasher {
  const hasher = createPasswordHasher({ ...cost, threads: 1 });
  let computed = 0;
  const gated: GatedHasher = {
    whileHashing: undefined,
    overloaded: false,
    get computed() {
      return computed;
    },
    get queued() {
      return hasher.queued;
    },
    get running() {
      return hasher.running;
    },
    async hash(password) {
      if (gated.overloaded) return { outcome: 'overloaded', retryAfterSeconds: 3 };
      computed += 1;
      const hashed = await hasher.hash(password);
      await gated.whileHashing?.();
      return hashed;
    },
    async verify(phc, password) {
      if (gated.overloaded) return { overloaded: true, retryAfterSeconds: 3 };
      computed += 1;
      const verified = await hasher.verify(phc, password);
      await gated.whileHashing?.();
      return verified;
    },
    needsRehash: (phc) => hasher.needsRehash(phc),
    decoyHash: () => hasher.decoyHash(),
    close: () => hasher.close(),
  };
  return gated;
}
