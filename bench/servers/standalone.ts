import { type Deployment, startDeployment } from '@evident/testing';
import type { Resource } from '../program.ts';

/** No limit of attempts, so that one address may ask as often as it can; and no line logged for each request. */
export const measuredSettings = { RATE_LIMIT: 'off', LOG_LEVEL: 'error' };

/** The built standalone on an empty directory. */
export function standalone(env: Readonly<Record<string, string>> = {}): Resource<Deployment> {
  return async ({ serverEnv }) => {
    const value = await startDeployment({ shape: 'main', env: { ...measuredSettings, ...serverEnv, ...env } });
    return { value, close: () => value.remove() };
  };
}
