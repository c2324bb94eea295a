import { startDeployment } from '@evident/testing';
import { copyOf, move } from '../migrate/moved-deployment.ts';
import { adminToken } from './http.ts';
import { createApp, createUser } from './objects.ts';
import type { Shape } from './shape.ts';
import { standalone } from './standalone.shape.ts';
import { untilReady } from './until-ready.ts';

/** A data directory of `bench/make-history.ts`, to be migrated in place of a small one. */
const history = process.env.MIGRATED_HISTORY;

/** A deployment that was in use, on the copy that `evident migrate` made of its log. */
export const migrated: Shape = {
  ...standalone,
  name: 'a migrated log',
  async start(env = {}) {
    if (history !== undefined) {
      const { dataDir } = await copyOf(history);
      const deployment = await startDeployment({ shape: 'main', env, dataDir });
      // Rows of a long history take their time.
      await untilReady(deployment, 600_000);
      return deployment;
    }
    const original = await standalone.start(env);
    const token = await adminToken(original);
    await createUser(original, token);
    await createApp(original, token);
    const { deployment } = await move(original, env);
    await original.remove();
    return deployment;
  },
};
