import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll } from 'vitest';
import { adminToken } from './http.ts';
import type { Shape } from './shape.ts';

/** A deployment that suites share, and its first administrator. */
export interface Administered {
  readonly evident: Deployment;
  /** Of the administrator. */
  readonly token: string;
  /** For after the token has ended. */
  signInAgain(): Promise<void>;
  /** The same data, and other processes. */
  restart(): Promise<void>;
}

/**
 * Started before the first test of the `describe` that it stands in, and removed after the last. No limit of attempts, for
 * all of them come from one address.
 */
export function administered(shape: Shape, env: Readonly<Record<string, string>> = {}): Administered {
  let evident: Deployment;
  let token: string;

  beforeAll(async () => {
    evident = await shape.start({ RATE_LIMIT: 'off', ...env });
    token = await adminToken(evident);
  });
  afterAll(async () => {
    await evident?.remove();
    await shape.stopServers();
  });

  return {
    get evident() {
      return evident;
    },
    get token() {
      return token;
    },
    async signInAgain() {
      token = await adminToken(evident);
    },
    async restart() {
      await evident.stop();
      evident = await evident.restart();
    },
  };
}
