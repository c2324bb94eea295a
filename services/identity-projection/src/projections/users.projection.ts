import { evolvePerson, foldIdentifier, type Person, profileOf, type UserEvent, userEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A user under the uid. */
export type UserRow = Person & {
  /** As the ASF contract shows them; also `email`. */
  readonly username: string;
  readonly email: string;
  /** As names are compared: what `q` finds the beginning of. */
  readonly foldedUsername: string;
  readonly foldedEmail: string;
  /** PHC string, sealed for auth-command; nothing else opens it. Empty where the user has no password. */
  readonly passwordHash: string;
  /** So that those who have one are found without the others. */
  readonly hasProfile: boolean;
  /** Of the last event of the user's stream that this row includes. */
  readonly revision: number;
};

export const usersView: View<UserRow> = {
  name: 'users',
  version: 3,
  // A number is taken before its user is written, so that it tells who came first only among those of one moment.
  indexes: [
    ['number'],
    ['foldedUsername'],
    ['foldedEmail'],
    ['isActive', 'number'],
    ['createdAt', 'number'],
    ['isActive', 'createdAt', 'number'],
    ['hasProfile', 'createdAt', 'number'],
  ],
};

export const usersProjection: Projection<UserRow, Projected<UserEvent>> = {
  name: 'users',
  view: usersView,
  types: typesOf(userEvents),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const { revision, recordedAt } = event.stored;
    const person = evolvePerson(row, event, recordedAt);
    if (person === undefined) return undefined;
    const { username, email } = profileOf(person);
    return {
      ...person,
      username,
      email,
      foldedUsername: foldIdentifier(username),
      foldedEmail: foldIdentifier(email),
      passwordHash: passwordHashAfter(row?.passwordHash ?? '', event),
      hasProfile: person.profile !== '',
      revision,
    };
  },
};

function passwordHashAfter(passwordHash: string, event: UserEvent): string {
  if (event.type === 'user.password-removed') return '';
  const changed = event.type === 'user.password-changed' || event.type === 'user.password-rehashed';
  return changed ? event.data.passwordHash : passwordHash;
}
