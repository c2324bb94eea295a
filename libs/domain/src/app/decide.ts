import { accept, type Decider, type Decision, reject } from '../decider.ts';
import type { AppCommand, ChangeApp, RotateKey } from './commands.ts';
import type { AppEvent } from './events.ts';
import { type AppState, evolveApp, initialApp, isLivingApp, keyCounts } from './state.ts';

export type AppRejection = 'app.unknown' | 'app.already-registered';
type AppDecision = Decision<AppEvent, AppRejection>;

/** One app of another team, on `app-<tenant>.<id>`, with the keys by which it asks `/verify`. */
export const appDecider: Decider<AppCommand, AppState, AppEvent, AppRejection> = {
  initial: initialApp,
  evolve: evolveApp,
  decide(command, state) {
    if (command.type === 'register-app') {
      if (state.registered) return reject('app.already-registered');
      const { number, name, url, key } = command;
      return accept<AppEvent>(
        { type: 'app.registered', data: { number, name, url } },
        { type: 'app.key-issued', data: key },
      );
    }
    if (!isLivingApp(state)) return reject('app.unknown');
    switch (command.type) {
      case 'change-app':
        return change(command, state);
      case 'rotate-key':
        return rotate(command, state);
      case 'remove-app':
        return accept(...revokeAll(state, command.now), { type: 'app.removed', data: {} });
    }
  },
};

function change(command: ChangeApp, state: AppState): AppDecision {
  const { name = state.name, url = state.url, isActive = state.isActive } = command;
  const events: AppEvent[] = [];
  if (name !== state.name || url !== state.url) events.push({ type: 'app.changed', data: { name, url } });
  if (isActive && !state.isActive) events.push({ type: 'app.reactivated', data: {} });
  if (!isActive && state.isActive) events.push({ type: 'app.deactivated', data: {} });
  return accept(...events);
}

/** The present key counts on for the grace; a previous one that still counted ends now. */
function rotate({ key, now, graceMs }: RotateKey, state: AppState): AppDecision {
  if (state.keys.some(({ keyId }) => keyId === key.keyId)) return accept();
  const present = state.keys.at(-1);
  const ended = state.keys
    .filter((older) => older.keyId !== present?.keyId && keyCounts(older, now))
    .map((older) => revoked(older.keyId, now));
  const graced = present === undefined ? [] : [revoked(present.keyId, now + graceMs)];
  return accept<AppEvent>(...ended, ...graced, { type: 'app.key-issued', data: key });
}

function revokeAll(state: AppState, now: number): AppEvent[] {
  return state.keys.filter((key) => keyCounts(key, now)).map((key) => revoked(key.keyId, now));
}

function revoked(keyId: string, effectiveAt: number): AppEvent {
  return { type: 'app.key-revoked', data: { keyId, effectiveAt } };
}
