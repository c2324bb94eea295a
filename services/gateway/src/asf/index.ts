import type { HttpContract } from '../http/http-contract.ts';
import { apps } from './apps.ts';
import { asfRefusals, errorShape, invalidShape } from './refusals.ts';
import { token } from './token.ts';
import { users } from './users.ts';
import { verify } from './verify.ts';

/** The ASF SSO contract, at the root of the server; it also answers for every path that nobody else owns. */
export const asfContract: HttpContract = {
  name: 'ASF',
  about: 'Users, apps, and which user may use which app. An app asks POST /verify; an administrator does the rest.',
  endpoints: [verify, token, ...users, ...apps],
  refusals: asfRefusals,
  errorShape,
  invalidShape,
  owns: () => true,
};
