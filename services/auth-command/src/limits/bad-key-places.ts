import { type AttemptPolicy, admit, emptyTally, giveBack, recordFailure } from '@evident/domain';
import type { Clock } from '@evident/runtime';
import type { Admitted, Place } from './attempt-places.ts';
import type { OpenWaits } from './open-waits.ts';
import type { Tallies } from './tallies.port.ts';
import type { WaitingLine } from './waiting-line.ts';

export interface BadKeyPlacesOptions {
  readonly tallies: Tallies;
  readonly line: WaitingLine;
  readonly waits: Pick<OpenWaits, 'closeIfOver'>;
  readonly policy: AttemptPolicy;
  readonly now: Clock;
}

export type BadKeyResult = 'refused' | 'not-judged';

/** The limit of bad keys from one address. It refuses further bad keys only: a good one is never asked for a place. */
export class BadKeyPlaces {
  readonly #options: BadKeyPlacesOptions;

  constructor(options: BadKeyPlacesOptions) {
    this.#options = options;
  }

  /** `address` is a keyed hash. Waits where all places are held, until `deadline` at most. */
  async take(address: string, deadline: number): Promise<Admitted<BadKeyResult>> {
    const { tallies, line, waits, policy, now } = this.#options;
    for (let called = false; ; called = true) {
      waits.closeIfOver(address);
      const tally = tallies.read(address) ?? emptyTally;
      const admission = admit(tally, policy.badKeysPerAddress, policy, now());
      if (admission.admission === 'wait') {
        if (!(await line.wait(address, deadline - now()))) return { outcome: 'no-place' };
        continue;
      }
      tallies.write(address, admission.tally);
      if (called) line.callNext(address);
      if (admission.admission === 'admitted') return this.#place(address);
      return { outcome: 'refused', limit: 'address', until: admission.until, first: admission.firstOfWindow };
    }
  }

  #place(address: string): Place<BadKeyResult> {
    return {
      outcome: 'place',
      settle: (result) => {
        const { tallies, line, policy, now } = this.#options;
        const tally = tallies.read(address) ?? emptyTally;
        const limit = policy.badKeysPerAddress;
        tallies.write(address, result === 'refused' ? recordFailure(tally, limit, policy, now()) : giveBack(tally));
        line.callNext(address);
      },
    };
  }
}
