import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { RosterCommand } from './commands.ts';
import type { RosterEvent } from './events.ts';
import { evolveRoster, initialRoster, type RosterState } from './state.ts';

export type RosterRejection = 'user.last-administrator' | 'roster.owned';

/**
 * The administrators of a tenant, on one stream, so that the rule "one active administrator is left" is decided at
 * an exact revision: two who demote each other at once cannot both succeed. Power is taken here first and given
 * here last, so that after a crash between two steps the roster counts too few, never too many.
 */
export const rosterDecider: Decider<RosterCommand, RosterState, RosterEvent, RosterRejection> = {
  initial: initialRoster,
  evolve: evolveRoster,
  decide(command, state) {
    const { type, userId } = command;
    const standing = state.administrators.get(userId);
    switch (type) {
      case 'grant':
        return standing === 'active' ? accept() : accept({ type: 'roster.granted', data: { userId } });
      case 'suspend':
        if (standing !== 'active') return accept();
        return unlessLast(command, state, { type: 'roster.suspended', data: { userId } });
      case 'revoke':
        if (standing === undefined) return accept();
        if (standing === 'suspended') return accept({ type: 'roster.revoked', data: { userId } });
        return unlessLast(command, state, { type: 'roster.revoked', data: { userId } });
      case 'claim-owner':
        if (state.owner === userId) return accept();
        if (state.owner !== undefined) return reject('roster.owned');
        return accept({ type: 'roster.owner-claimed', data: { userId } });
    }
  },
};

function unlessLast(
  { userId, confirmed }: RosterCommand,
  { administrators }: RosterState,
  event: RosterEvent,
): Decision<RosterEvent, RosterRejection> {
  const isLeft = (other: string) => other !== userId && administrators.get(other) === 'active';
  const left = (confirmed ?? [...administrators.keys()]).some(isLeft);
  return left ? accept(event) : reject('user.last-administrator');
}
