import { accept, type Decider } from '../decider.ts';
import type { NumberSequenceCommand } from './commands.ts';
import type { NumberSequenceEvent } from './events.ts';
import { evolveNumberSequence, initialNumberSequence, type NumberSequenceState } from './state.ts';

/** Integer ids of one kind, on `numbers-<tenant>.<kind>`: 1, 2, 3 … with no gap, each given once. */
export const numberSequenceDecider: Decider<NumberSequenceCommand, NumberSequenceState, NumberSequenceEvent, never> = {
  initial: initialNumberSequence,
  evolve: evolveNumberSequence,
  decide({ holder }, { last }) {
    if (last?.holder === holder) return accept();
    return accept({ type: 'number.allocated', data: { value: (last?.value ?? 0) + 1, holder } });
  },
};
