import { type PlannedRequest, postJson } from '../load/plan.ts';
import type { Furnished } from './furnished.ts';

/** `POST /verify` with the right password of each user in turn. */
export function verifyRequests({ users, apiKey }: Furnished): readonly PlannedRequest[] {
  return users.map(({ username, password }) => postJson('/verify', { username, password, api_key: apiKey }));
}
