import type { AppObject, IssuedTokens, UserObject } from '@evident/contracts';

const noon = Date.UTC(2026, 0, 25, 12);

export const jdoe: UserObject = {
  uid: '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f60',
  number: 5,
  username: 'jdoe',
  email: 'jdoe@example.com',
  isActive: true,
  isAdmin: false,
  createdAt: noon,
  updatedAt: noon + 999,
};

/** As the published document prints it. */
export const printedUser = {
  username: 'jdoe',
  email: 'jdoe@example.com',
  is_active: true,
  is_admin: false,
  id: 5,
  created_at: '2026-01-25T12:00:00',
  updated_at: '2026-01-25T12:00:00',
};

export const openProject: AppObject = {
  uid: '0190f3a2-7c1e-4b52-9a34-1c5e7d9b2f61',
  number: 2,
  name: 'OpenProject',
  url: 'https://openproject.nabd-co.com',
  isActive: true,
  apiKeyPrefix: 'evk_01234567',
  createdAt: noon,
  updatedAt: noon,
};

export const printedApp = {
  id: 2,
  uid: openProject.uid,
  name: 'OpenProject',
  url: 'https://openproject.nabd-co.com',
  is_active: true,
  api_key_prefix: 'evk_01234567',
  created_at: '2026-01-25T12:00:00',
  updated_at: '2026-01-25T12:00:00',
};

/** What opening a session of a single access token answers. */
export function accessOnly(accessToken: string, expiresIn: number): IssuedTokens {
  return { accessToken, expiresIn, refreshToken: null, refreshExpiresIn: null, sessionId: jdoe.uid, userId: jdoe.uid };
}
