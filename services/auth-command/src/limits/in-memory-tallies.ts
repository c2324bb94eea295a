import type { Tally } from '@evident/domain';
import type { Tallies } from './tallies.port.ts';

/** A tally with attempts in flight, or with refusals that are not recorded yet, cannot be read back from the log. */
const isPinned = ({ pending, refusals }: Tally) => pending > 0 || refusals > 0;
const lookedAt = 16;

/**
 * Tallies in memory, at most `capacity` of them and those that cannot be forgotten (bounded in turn by the requests
 * in flight and by the accounts that are refused). Of those that tell of failures and those that tell of none the kind is
 * forgotten of which there are more, so that requests that are shed by the thousand do not wipe out what was counted; of
 * either kind the longest unused first.
 */
export function createInMemoryTallies(capacity: number): Tallies {
  const clear = new Map<string, Tally>();
  const failed = new Map<string, Tally>();

  const makeRoom = (tallies: Map<string, Tally>) => {
    let looked = 0;
    for (const [key, tally] of tallies) {
      if (clear.size + failed.size <= capacity || ++looked > lookedAt) return;
      tallies.delete(key);
      if (isPinned(tally)) tallies.set(key, tally);
    }
  };

  return {
    read: (key) => failed.get(key) ?? clear.get(key),
    write(key, tally) {
      clear.delete(key);
      failed.delete(key);
      (tally.failures.length + tally.waits === 0 ? clear : failed).set(key, tally);
      if (clear.size + failed.size > capacity) makeRoom(clear.size > failed.size ? clear : failed);
    },
  };
}
