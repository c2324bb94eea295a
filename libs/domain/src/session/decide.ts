import { accept, type Decider, reject } from '../decider.ts';
import type { SessionCommand } from './commands.ts';
import type { SessionEvent } from './events.ts';
import { evolveSession, initialSession, type SessionState } from './state.ts';

export type SessionRejection = 'session.already-opened' | 'session.unknown';

export const sessionDecider: Decider<SessionCommand, SessionState, SessionEvent, SessionRejection> = {
  initial: initialSession,
  evolve: evolveSession,
  decide(command, state) {
    if (command.type === 'open-session') {
      // The same command is recognised by its event before this is asked; another one brings used evidence.
      if (state.opened) return reject('session.already-opened');
      const { userId, audience, generation, evidence, now, expiresAt } = command;
      return accept({
        type: 'session.opened',
        data: { userId, audience, generation, evidence, openedAt: now, expiresAt },
      });
    }
    if (!state.opened) return reject('session.unknown');
    if (state.revoked) return accept();
    return accept({ type: 'session.revoked', data: { userId: state.userId, revokedAt: command.now } });
  },
};
