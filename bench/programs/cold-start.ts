import { type Deployment, startDeployment } from '@evident/testing';
import type { Program, Resource } from '../program.ts';
import { startEcho } from '../servers/echo.ts';
import { measuredSettings } from '../servers/standalone.ts';

/** A directory that an earlier start has furnished with keys and an administrator. */
const furnishedOnce: Resource<Deployment> = async ({ serverEnv }) => {
  const value = await startDeployment({ shape: 'main', env: { ...measuredSettings, ...serverEnv } });
  await value.stop();
  return { value, close: () => value.remove() };
};

export const coldStart: Program = {
  name: 'cold-start',
  measures: 'from the start of the standalone process on a log that is there to its first answer',
  unit: 'ms',
  limit: 'the same of a bare fastify + zod echo',
  budget: [
    { of: 'figure', most: 2_000 },
    { of: 'figure', most: 1_000, isAim: true },
  ],
  async run({ use, serverEnv }) {
    const deployment = await use(furnishedOnce);
    const limit = await timed(startEcho, (echo) => echo.close());
    const figure = await timed(
      () => deployment.restart(),
      (again) => again.stop(),
    );
    const first = await timed(
      () => startDeployment({ shape: 'main', env: { ...measuredSettings, ...serverEnv } }),
      (fresh) => fresh.remove(),
    );
    return { figure, limit, also: { 'first start, keys and administrator made, ms': first } };
  },
};

async function timed<Started>(start: () => Promise<Started>, end: (started: Started) => unknown): Promise<number> {
  const began = performance.now();
  const started = await start();
  const took = performance.now() - began;
  await end(started);
  return took;
}
