import { move } from '../migrate/moved-deployment.ts';
import { adminToken } from './http.ts';
import { createApp, createUser } from './objects.ts';
import type { Shape } from './shape.ts';
import { standalone } from './standalone.shape.ts';

/** A deployment that was in use, on the copy that `evident migrate` made of its log. */
export const migrated: Shape = {
  ...standalone,
  name: 'a migrated log',
  async start(env = {}) {
    const original = await standalone.start(env);
    const token = await adminToken(original);
    await createUser(original, token);
    await createApp(original, token);
    const { deployment } = await move(original, env);
    await original.remove();
    return deployment;
  },
};
