import type { RosterEvent } from './events.ts';

export interface RosterState {
  readonly owner: string | undefined;
  readonly administrators: ReadonlyMap<string, 'active' | 'suspended'>;
}

export const initialRoster: RosterState = { owner: undefined, administrators: new Map() };

export function evolveRoster(state: RosterState, event: RosterEvent): RosterState {
  const { userId } = event.data;
  if (event.type === 'roster.owner-claimed') return { ...state, owner: userId };
  const administrators = new Map(state.administrators);
  if (event.type === 'roster.revoked') administrators.delete(userId);
  else administrators.set(userId, event.type === 'roster.granted' ? 'active' : 'suspended');
  return { ...state, administrators };
}

export function activeAdministrators(state: RosterState): number {
  let active = 0;
  for (const standing of state.administrators.values()) if (standing === 'active') active++;
  return active;
}
