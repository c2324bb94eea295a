import type { PasswordHasher } from '@evident/crypto';
import type { Metrics } from '@evident/runtime';

const everyMs = 1_000;

/** Shows how many hashes run and wait. Returns what ends it. */
export function showHashing(
  hasher: Pick<PasswordHasher, 'queued' | 'running'>,
  { hashQueue, hashesInFlight }: Pick<Metrics, 'hashQueue' | 'hashesInFlight'>,
): () => void {
  const timer = setInterval(() => {
    hashQueue.set(hasher.queued);
    hashesInFlight.set(hasher.running);
  }, everyMs).unref();
  return () => clearInterval(timer);
}
