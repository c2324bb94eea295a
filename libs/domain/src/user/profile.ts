import type { UserEvent } from './events.ts';

/** A user as others see it; times are milliseconds since the epoch, from the log. */
export interface UserProfile {
  readonly number: number;
  readonly username: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly isAdmin: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * The profile after an event, folded alike by the reply of a command and by the projection. Undefined before
 * registration and after removal. Assignments and a new hash of the same password do not move `updatedAt`.
 */
export function evolveProfile(
  profile: UserProfile | undefined,
  event: UserEvent,
  recordedAt: number,
): UserProfile | undefined {
  if (event.type === 'user.registered') {
    const { number } = event.data;
    return {
      number,
      username: '',
      email: '',
      isActive: true,
      isAdmin: false,
      createdAt: recordedAt,
      updatedAt: recordedAt,
    };
  }
  if (profile === undefined) return undefined;
  switch (event.type) {
    case 'user.identifier-added':
      return { ...profile, [event.data.kind]: event.data.value, updatedAt: recordedAt };
    case 'user.password-changed':
      return { ...profile, updatedAt: recordedAt };
    case 'user.deactivated':
      return { ...profile, isActive: false, updatedAt: recordedAt };
    case 'user.reactivated':
      return { ...profile, isActive: true, updatedAt: recordedAt };
    case 'user.admin-granted':
      return { ...profile, isAdmin: true, updatedAt: recordedAt };
    case 'user.admin-revoked':
      return { ...profile, isAdmin: false, updatedAt: recordedAt };
    case 'user.removed':
      return undefined;
    default:
      return profile;
  }
}
