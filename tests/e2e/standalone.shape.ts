import { startDeployment } from '@evident/testing';
import type { Shape } from './shape.ts';

export const standalone: Shape = {
  name: 'standalone',
  missing: undefined,
  start: (env = {}) => startDeployment({ shape: 'main', env }),
  stopServers: async () => {},
};
