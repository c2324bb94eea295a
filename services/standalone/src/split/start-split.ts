import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Config, type Logger, StartupProblem } from '@evident/runtime';
import { SupervisedService } from './supervised-service.ts';

/** auth-command first: it makes the keys of a new log, which the others wait for. */
const services = ['auth-command', 'token-issuer', 'identity-projection', 'gateway'] as const;

/** The four services on one machine over one embedded log, each a process that is started again when it dies. */
export interface Split {
  stop(): Promise<void>;
}

/** Throws `StartupProblem` where one of them does not come up; the others are stopped again. */
export async function startSplit(config: Config, env: NodeJS.ProcessEnv, logger: Logger): Promise<Split> {
  if (config.nats === undefined) {
    throw new StartupProblem(
      'The four services talk over NATS, and NATS_URL is not set.',
      'Start a server (nats-server -js) and set NATS_URL=nats://127.0.0.1:4222, or use npm start, which needs none.',
    );
  }
  const supervised = services.map((name) => new SupervisedService({ name, entry: entryOf(name), env, logger }));
  const stop = async () => {
    // The gateway first, so that nothing new comes in while the others drain.
    for (const service of supervised.toReversed()) await service.stop();
  };
  const failed = (await Promise.all(supervised.map(async (service) => ({ service, serves: await service.start() }))))
    .filter(({ serves }) => !serves)
    .map(({ service }) => service.name);
  if (failed.length > 0) {
    await stop();
    throw new StartupProblem(`${failed.join(' and ')} did not start.`, 'The message above says why.');
  }
  return { stop };
}

function entryOf(service: (typeof services)[number]): string {
  const index = createRequire(import.meta.url).resolve(`@evident/${service}`);
  return join(dirname(index), 'main.js');
}
