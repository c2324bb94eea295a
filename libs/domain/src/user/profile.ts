import { type Person, shownIdentifier } from './person.ts';

/** A user as the ASF contract shows one; times are milliseconds since the epoch, from the log. */
export interface UserProfile {
  readonly number: number;
  /** Where the user has no name: the address, else the phone number. To be shown, and no claim on that name. */
  readonly username: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly isAdmin: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export function profileOf(person: Person): UserProfile {
  const { number, isActive, isAdmin, createdAt, updatedAt } = person;
  const email = shownIdentifier(person, 'email');
  const username = shownIdentifier(person, 'username') || email || shownIdentifier(person, 'phone');
  return { number, username, email, isActive, isAdmin, createdAt, updatedAt };
}
