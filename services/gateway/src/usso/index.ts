import type { HttpContract } from '../http/http-contract.ts';
import { agents } from './agents.ts';
import { apiKeys } from './api-keys.ts';
import { auth } from './auth.ts';
import { basePath } from './base-path.ts';
import { credentials } from './credentials.ts';
import { health } from './health.ts';
import { identifiers } from './identifiers.ts';
import { me } from './me.ts';
import { profiles } from './profiles.ts';
import { errorShape, invalidShape, ussoRefusals } from './refusals.ts';
import { roles } from './roles.ts';
import { sessions } from './sessions.ts';
import { users } from './users.ts';
import { workspaces } from './workspaces.ts';

/** The USSO contract, under its own path: products, whose users sign up, sign in, and work in workspaces by roles. */
export const ussoContract: HttpContract = {
  name: 'USSO',
  about: 'Sign-up, sign-in, sessions, workspaces, roles with scopes, agents and API keys.',
  endpoints: [
    ...auth,
    ...me,
    ...users,
    ...identifiers,
    ...credentials,
    ...profiles,
    ...sessions,
    ...workspaces,
    ...roles,
    ...agents,
    ...apiKeys,
    ...health,
  ],
  refusals: ussoRefusals,
  errorShape,
  invalidShape,
  owns: (path) => path === basePath || path.startsWith(`${basePath}/`),
};
