import { accept, type Decider, reject } from '../decider.ts';
import type { SealLog } from './commands.ts';
import type { SealEvent } from './events.ts';
import { evolveSeals, initialSeals, type SealsState } from './state.ts';

/** Another sealer was faster: this seal does not begin where the last one ended. */
export type SealRejection = 'seal.overtaken';

export const sealDecider: Decider<SealLog, SealsState, SealEvent, SealRejection> = {
  initial: initialSeals,
  evolve: evolveSeals,
  decide({ seal }, { last }) {
    const number = (last?.number ?? 0) + 1;
    const before = last === undefined ? 0 : last.before + last.count;
    if (seal.number !== number || seal.before !== before) return reject('seal.overtaken', { number, before });
    return accept({ type: 'log.sealed', data: seal });
  },
};
