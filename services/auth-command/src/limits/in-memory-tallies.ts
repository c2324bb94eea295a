import type { Tally } from '@evident/domain';
import type { Tallies } from './tallies.port.ts';

/** A tally with attempts in flight, or with refusals that are not recorded yet, cannot be read back from the log. */
const isPinned = ({ pending, refusals }: Tally) => pending > 0 || refusals > 0;
const lookedAt = 16;

/**
 * Tallies in memory, at most `capacity` of them and those that cannot be forgotten (bounded in turn by the requests
 * in flight and by the accounts that are refused). The longest unused is forgotten first.
 */
export function createInMemoryTallies(capacity: number): Tallies {
  const tallies = new Map<string, Tally>();

  const makeRoom = () => {
    let looked = 0;
    for (const [key, tally] of tallies) {
      if (tallies.size <= capacity || ++looked > lookedAt) return;
      tallies.delete(key);
      if (isPinned(tally)) tallies.set(key, tally);
    }
  };

  return {
    read: (key) => tallies.get(key),
    write(key, tally) {
      tallies.delete(key);
      tallies.set(key, tally);
      if (tallies.size > capacity) makeRoom();
    },
  };
}
