import type { UserObject } from '@evident/contracts';
import {
  evolvePerson,
  evolveUser,
  initialUser,
  type Person,
  profileOf,
  type UserEvent,
  type UserState,
} from '@evident/domain';
import { type StoredEvent, StreamStates } from '@evident/event-store';
import type { Log } from '@evident/log';

/** A user's stream folded twice: into what rules need and into what others see. */
export interface Account {
  readonly user: UserState;
  /** Undefined before registration and after removal. */
  readonly person: Person | undefined;
}

export const noAccount: Account = { user: initialUser, person: undefined };

/** A user's event with its place and time in the log. */
export type RecordedUserEvent = UserEvent & { readonly stored: StoredEvent };

export function evolveAccount({ user, person }: Account, event: RecordedUserEvent): Account {
  return { user: evolveUser(user, event), person: evolvePerson(person, event, event.stored.recordedAt) };
}

/** Users by the end of their streams, read from the leader at each load. */
export type Accounts = StreamStates<Account, RecordedUserEvent>;

export function createAccounts({ store, codec }: Log): Accounts {
  return new StreamStates({ store, codec, decider: { initial: noAccount, evolve: evolveAccount } });
}

export function userObjectOf(userId: string, person: Person): UserObject {
  return { uid: userId, ...profileOf(person) };
}
