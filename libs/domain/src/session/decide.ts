import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { RefreshSession, SessionCommand } from './commands.ts';
import type { SessionEvent } from './events.ts';
import { evolveSession, initialSession, type SessionState } from './state.ts';

export type SessionRejection =
  | 'session.already-opened'
  | 'session.unknown'
  | 'session.revoked'
  | 'session.expired'
  | 'session.not-refreshable';

type SessionDecision = Decision<SessionEvent, SessionRejection>;

/** One sign-in and the family of its refresh tokens, on `session-<tenant>.<id>`; the last event holds all that counts. */
export const sessionDecider: Decider<SessionCommand, SessionState, SessionEvent, SessionRejection> = {
  initial: initialSession,
  evolve: evolveSession,
  decide(command, state) {
    if (command.type === 'open-session') {
      // The same command is recognised by its event before this is asked; another one brings used evidence.
      if (state.opened) return reject('session.already-opened');
      const { type: _, now, methods, roles, scopes, ...data } = command;
      const lists = { methods: [...methods], roles: [...roles], scopes: [...scopes] };
      const accessExpiresAt = withinSession(command.accessExpiresAt, data.expiresAt);
      return accept({ type: 'session.opened', data: { ...data, ...lists, accessExpiresAt, openedAt: now } });
    }
    if (!state.opened) return reject('session.unknown');
    if (command.type === 'refresh-session') return refresh(command, state);
    if (state.revoked) return accept();
    const { reason, now } = command;
    return accept({ type: 'session.revoked', data: { userId: state.userId, revokedAt: now, reason } });
  },
};

function refresh(command: RefreshSession, state: SessionState): SessionDecision {
  const { presentedId, now, rotate } = command;
  if (state.revoked) return reject('session.revoked');
  if (state.refreshId === null) return reject('session.not-refreshable');
  if (now >= state.expiresAt) return reject('session.expired');
  if (command.tokenId === state.issued.tokenId) return accept();
  if (presentedId === state.refreshId) {
    // Without rotation the racers of one token all hold it rightly: what one of them was given, the others get.
    const keptItsToken = state.issued.tokenId !== state.refreshId;
    return !rotate && keptItsToken && state.issued.at >= now ? accept() : accept(refreshed(command, state));
  }
  if (isInWindow(command, state)) return accept();
  const { userId } = state;
  return accept(
    { type: 'session.reuse-detected', data: { userId, presentedId, detectedAt: now } },
    { type: 'session.revoked', data: { userId, revokedAt: now, reason: 'reuse' } },
  );
}

/** The token that was replaced last, sent once more by whoever replaced it: its successor has not been used yet. */
function isInWindow(
  { presentedId, now, windowMs, callers }: RefreshSession,
  { replaced, issued }: SessionState,
): boolean {
  return (
    replaced !== null &&
    replaced.refreshId === presentedId &&
    now < issued.at + windowMs &&
    callers.includes(replaced.caller)
  );
}

function refreshed(command: RefreshSession, state: SessionState): SessionEvent {
  const { presentedId, now, rotate, tokenId, roles, scopes, caller } = command;
  const { userId, audience, generation, openedAt, methods } = state;
  const expiresAt = rotate ? command.expiresAt : state.expiresAt;
  return {
    type: 'session.refreshed',
    data: {
      userId,
      audience,
      generation,
      openedAt,
      methods: [...methods],
      tokenId,
      accessExpiresAt: withinSession(command.accessExpiresAt, expiresAt),
      roles: [...roles],
      scopes: [...scopes],
      refreshedAt: now,
      expiresAt,
      refreshId: rotate ? tokenId : presentedId,
      replacedId: rotate ? presentedId : null,
      caller,
    },
  };
}

/** Whoever checks an access token asks whether its session was revoked, not when it ends: so the token ends with it. */
function withinSession(accessExpiresAt: number, expiresAt: number): number {
  return Math.min(accessExpiresAt, expiresAt);
}
