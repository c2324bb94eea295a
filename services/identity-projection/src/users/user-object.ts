import type { UserObject } from '@evident/contracts';
import type { UserRow } from '../projections/users.projection.ts';

/** A user as others see it: member by member, so that nothing else of the row ever leaves. */
export function userObjectOf(uid: string, row: UserRow): UserObject {
  const { number, username, email, isActive, isAdmin, createdAt, updatedAt } = row;
  return { uid, number, username, email, isActive, isAdmin, createdAt, updatedAt };
}
