import { evolveProfile, foldIdentifier, type UserEvent, userEvents } from '@evident/domain';
import type { Projection, View } from '@evident/read-model';
import { type Projected, typesOf } from './projected.ts';

/** A user under the uid. */
export type UserRow = {
  readonly number: number;
  readonly username: string;
  readonly email: string;
  /** As names are compared: what `q` finds the beginning of. */
  readonly foldedUsername: string;
  readonly foldedEmail: string;
  readonly isActive: boolean;
  readonly isAdmin: boolean;
  /** Milliseconds since the epoch, from the log; also `updatedAt`. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** PHC string, sealed for auth-command; nothing else opens it. */
  readonly passwordHash: string;
  /** Kind → the claim that holds it now and its keyed hash. */
  readonly identifiers: { readonly [kind: string]: { readonly claimId: string; readonly lookup: string } };
  /** Of the last event of the user's stream that this row includes. */
  readonly revision: number;
};

export const usersView: View<UserRow> = {
  name: 'users',
  version: 1,
  indexes: [['number'], ['foldedUsername'], ['foldedEmail'], ['isActive', 'number']],
};

export const usersProjection: Projection<UserRow, Projected<UserEvent>> = {
  name: 'users',
  view: usersView,
  types: typesOf(userEvents),
  keys: (event) => [event.stream.id],
  evolve(row, event) {
    const { revision, recordedAt } = event.stored;
    const profile = evolveProfile(row, event, recordedAt);
    if (profile === undefined) return undefined;
    const { number, username, email, isActive, isAdmin, createdAt, updatedAt } = profile;
    return {
      number,
      username,
      email,
      foldedUsername: foldIdentifier(username),
      foldedEmail: foldIdentifier(email),
      isActive,
      isAdmin,
      createdAt,
      updatedAt,
      passwordHash: passwordHashAfter(row?.passwordHash ?? '', event),
      identifiers: identifiersAfter(row?.identifiers ?? {}, event),
      revision,
    };
  },
};

function passwordHashAfter(passwordHash: string, event: UserEvent): string {
  const changed = event.type === 'user.password-changed' || event.type === 'user.password-rehashed';
  return changed ? event.data.passwordHash : passwordHash;
}

function identifiersAfter(identifiers: UserRow['identifiers'], event: UserEvent): UserRow['identifiers'] {
  if (event.type === 'user.identifier-added') {
    const { kind, claimId, lookup } = event.data;
    return { ...identifiers, [kind]: { claimId, lookup } };
  }
  if (event.type !== 'user.identifier-removed') return identifiers;
  // The old claim ends after the new one began: only the claim that is in use takes its kind away.
  const { kind, claimId } = event.data;
  if (identifiers[kind]?.claimId !== claimId) return identifiers;
  const { [kind]: _, ...others } = identifiers;
  return others;
}
