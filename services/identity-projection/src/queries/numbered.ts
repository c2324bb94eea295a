import { type AppRow, appsView } from '../projections/apps.projection.ts';
import { type UserRow, usersView } from '../projections/users.projection.ts';
import type { Numbered } from './find-by-number.ts';

export const numberedUsers: Numbered<UserRow> = { view: usersView, projection: 'users', unknown: 'user.unknown' };
export const numberedApps: Numbered<AppRow> = { view: appsView, projection: 'apps', unknown: 'app.unknown' };
