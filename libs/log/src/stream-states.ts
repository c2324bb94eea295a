import {
  type AgentEvent,
  type AgentKeyEvent,
  type AgentKeyState,
  type AgentState,
  type ApiKeyEvent,
  type ApiKeyState,
  type AppEvent,
  type AppState,
  agentDecider,
  agentKeyDecider,
  apiKeyDecider,
  appDecider,
  type ReservationEvent,
  type ReservationState,
  type RoleEvent,
  type RoleState,
  type RosterEvent,
  type RosterState,
  reservationDecider,
  roleDecider,
  rosterDecider,
  type SessionEvent,
  type SessionState,
  type SigningKeyEvent,
  type SigningKeysState,
  sessionDecider,
  signingKeyDecider,
  type UserEvent,
  type UserState,
  userDecider,
  type WorkspaceEvent,
  type WorkspaceState,
  workspaceDecider,
} from '@evident/domain';
import { type EventCodec, type EventStore, StreamStates } from '@evident/event-store';

/** States of streams, continued from the leader at each load. */
export interface States {
  readonly user: StreamStates<UserState, UserEvent>;
  readonly app: StreamStates<AppState, AppEvent>;
  readonly role: StreamStates<RoleState, RoleEvent>;
  readonly workspace: StreamStates<WorkspaceState, WorkspaceEvent>;
  readonly reservation: StreamStates<ReservationState, ReservationEvent>;
  readonly roster: StreamStates<RosterState, RosterEvent>;
  readonly signingKeys: StreamStates<SigningKeysState, SigningKeyEvent>;
  readonly session: StreamStates<SessionState, SessionEvent>;
  readonly agent: StreamStates<AgentState, AgentEvent>;
  readonly agentKey: StreamStates<AgentKeyState, AgentKeyEvent>;
  readonly apiKey: StreamStates<ApiKeyState, ApiKeyEvent>;
}

export function createStates(store: EventStore, codec: EventCodec): States {
  return {
    user: new StreamStates({ store, codec, decider: userDecider }),
    app: new StreamStates({ store, codec, decider: appDecider }),
    role: new StreamStates({ store, codec, decider: roleDecider }),
    workspace: new StreamStates({ store, codec, decider: workspaceDecider }),
    reservation: new StreamStates({ store, codec, decider: reservationDecider }),
    roster: new StreamStates({ store, codec, decider: rosterDecider, capacity: 16 }),
    signingKeys: new StreamStates({ store, codec, decider: signingKeyDecider, capacity: 16 }),
    session: new StreamStates({ store, codec, decider: sessionDecider, endTellsAll: true }),
    agent: new StreamStates({ store, codec, decider: agentDecider }),
    agentKey: new StreamStates({ store, codec, decider: agentKeyDecider }),
    apiKey: new StreamStates({ store, codec, decider: apiKeyDecider }),
  };
}
