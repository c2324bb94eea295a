import type { AppEvent } from './events.ts';

/**
 * An app as others see it; times are milliseconds since the epoch, from the log. Rows of its view hold all of it as it
 * stands here: another member is a new version of that view.
 */
export type AppProfile = {
  readonly number: number;
  readonly name: string;
  readonly url: string;
  readonly isActive: boolean;
  readonly apiKeyPrefix: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** The profile after an event; undefined before registration and after removal. */
export function evolveAppProfile(
  profile: AppProfile | undefined,
  event: AppEvent,
  recordedAt: number,
): AppProfile | undefined {
  if (event.type === 'app.registered') {
    return { ...event.data, isActive: true, apiKeyPrefix: '', createdAt: recordedAt, updatedAt: recordedAt };
  }
  if (profile === undefined) return undefined;
  switch (event.type) {
    case 'app.changed':
      return { ...profile, ...event.data, updatedAt: recordedAt };
    case 'app.key-issued':
      return { ...profile, apiKeyPrefix: event.data.prefix, updatedAt: recordedAt };
    case 'app.deactivated':
      return { ...profile, isActive: false, updatedAt: recordedAt };
    case 'app.reactivated':
      return { ...profile, isActive: true, updatedAt: recordedAt };
    case 'app.removed':
      return undefined;
    default:
      return profile;
  }
}
