import type { Deployment } from '@evident/testing';
import { afterAll, beforeAll } from 'vitest';
import { adminToken } from './http.ts';
import type { Shape } from './shape.ts';

/** The deployment that the suites of the ASF contract share. */
export interface AsfStage {
  readonly evident: Deployment;
  /** Of its first administrator. */
  readonly token: string;
  /** For after the token has ended. */
  signInAgain(): Promise<void>;
}

/** Started before the first test of the `describe` that it stands in, and removed after the last. */
export function asfStage(shape: Shape): AsfStage {
  let evident: Deployment;
  let token: string;

  beforeAll(async () => {
    evident = await shape.start({ RATE_LIMIT: 'off' });
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
  };
}
