import type { AppObject, UserObject, UserWithApps } from '@evident/contracts';
import { z } from 'zod';
import { asfTime } from './times.ts';

const time = z.string().meta({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$',
  description: 'UTC, without a zone.',
  examples: ['2026-01-25T12:00:00'],
});
const id = z
  .int()
  .positive()
  .meta({ examples: [5] });

/** As `/verify` shows a user: exactly the members of the published document. */
export const verifiedUserShape = z
  .object({
    username: z.string().meta({ examples: ['jdoe'] }),
    email: z.string().meta({ examples: ['jdoe@example.com'] }),
    is_active: z.boolean(),
    is_admin: z.boolean(),
    id,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'VerifiedUser' });

export const userShape = verifiedUserShape
  .extend({ uid: z.uuid().meta({ description: 'The same user in events and in the audit trail: `user:<uid>`.' }) })
  .meta({ id: 'User' });
export const userWithAppsShape = userShape
  .extend({ apps: z.array(id).meta({ description: 'Ids of the apps that the user may use.' }) })
  .meta({ id: 'UserWithApps' });

export const appShape = z
  .object({
    id,
    uid: z.uuid().meta({ description: 'The same app in events and in the audit trail: `app:<uid>`.' }),
    name: z.string().meta({ examples: ['OpenProject'] }),
    url: z.string().meta({ examples: ['https://openproject.nabd-co.com'] }),
    is_active: z.boolean(),
    api_key_prefix: z.string().meta({ description: 'First characters of the key, to tell keys apart.' }),
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'App' });
export const registeredAppShape = appShape
  .extend({ api_key: z.string().meta({ description: 'The only time that the key is shown.' }) })
  .meta({ id: 'RegisteredApp' });

export const messageShape = z.object({ message: z.string() });

export function verifiedUser(user: UserObject): z.output<typeof verifiedUserShape> {
  return {
    username: user.username,
    email: user.email,
    is_active: user.isActive,
    is_admin: user.isAdmin,
    id: user.number,
    created_at: asfTime(user.createdAt),
    updated_at: asfTime(user.updatedAt),
  };
}

export function asfUser(user: UserObject): z.output<typeof userShape> {
  return { ...verifiedUser(user), uid: user.uid };
}

export function asfUserWithApps(user: UserWithApps): z.output<typeof userWithAppsShape> {
  return { ...asfUser(user), apps: user.apps };
}

export function asfApp(app: AppObject): z.output<typeof appShape> {
  return {
    id: app.number,
    uid: app.uid,
    name: app.name,
    url: app.url,
    is_active: app.isActive,
    api_key_prefix: app.apiKeyPrefix,
    created_at: asfTime(app.createdAt),
    updated_at: asfTime(app.updatedAt),
  };
}
