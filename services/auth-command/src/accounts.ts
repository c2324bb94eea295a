import type { UserObject } from '@evident/contracts';
import {
  evolveProfile,
  evolveUser,
  initialUser,
  type UserEvent,
  type UserProfile,
  type UserState,
} from '@evident/domain';
import { type StoredEvent, StreamStates } from '@evident/event-store';
import type { Log } from '@evident/log';

/** A user's stream folded twice: into what rules need and into what others see. */
export interface Account {
  readonly user: UserState;
  /** Undefined before registration and after removal. */
  readonly profile: UserProfile | undefined;
}

export const noAccount: Account = { user: initialUser, profile: undefined };

/** A user's event with its place and time in the log. */
export type RecordedUserEvent = UserEvent & { readonly stored: StoredEvent };

export function evolveAccount({ user, profile }: Account, event: RecordedUserEvent): Account {
  return { user: evolveUser(user, event), profile: evolveProfile(profile, event, event.stored.recordedAt) };
}

/** Users by the end of their streams, read from the leader at each load. */
export type Accounts = StreamStates<Account, RecordedUserEvent>;

export function createAccounts({ store, codec }: Log): Accounts {
  return new StreamStates({ store, codec, decider: { initial: noAccount, evolve: evolveAccount } });
}

export function userObjectOf(userId: string, profile: UserProfile): UserObject {
  return { uid: userId, ...profile };
}
