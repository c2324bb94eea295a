import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Config, type Logger, type NatsConfig, StartupProblem } from '@evident/runtime';
import { connectNats } from '@evident/transport/nats';
import { requireFreePorts } from '../free-ports.ts';
import { type ServiceName, serviceEnvironment } from './service-environment.ts';
import { SupervisedService } from './supervised-service.ts';

/** It makes the keys of a new log, and finds out what is wrong with one: started first, it is the one that says so. */
const first: ServiceName = 'auth-command';
const others: readonly ServiceName[] = ['token-issuer', 'identity-projection', 'gateway'];
const natsPatienceMs = 3_000;
const lastPort = 65_535;

/** The four services on one machine over one embedded log, each a process that is started again when it dies. */
export interface Split {
  stop(): Promise<void>;
}

/**
 * Undefined where a service does not start and has said why itself; the others are stopped again. Throws
 * `StartupProblem` where nobody has said it.
 */
export async function startSplit(config: Config, env: NodeJS.ProcessEnv, logger: Logger): Promise<Split | undefined> {
  if (config.nats === undefined) {
    throw new StartupProblem(
      'The four services talk over NATS, and NATS_URL is not set.',
      'Start a server (nats-server -js) and set NATS_URL=nats://127.0.0.1:4222, or use npm start, which needs none.',
    );
  }
  const healthPorts = healthPortsOf(config);
  await requireFreePorts(config.listen.host, config.listen.ports, 'PORT');
  await requireFreePorts(config.listen.host, healthPorts, 'HEALTH_PORT');
  await natsAnswers(config.nats);
  const supervised = [first, ...others].map((name, place) => {
    const healthPort = healthPorts[place];
    const own = healthPort === undefined ? {} : { HEALTH_PORT: String(healthPort) };
    return new SupervisedService({
      name,
      entry: entryOf(name),
      env: { ...serviceEnvironment(name, env), ...own },
      logger,
    });
  });
  const stop = async () => {
    // The gateway first, so that nothing new comes in while the others drain.
    for (const service of supervised.toReversed()) await service.stop();
  };
  for (const together of [supervised.slice(0, 1), supervised.slice(1)]) {
    const starts = await Promise.all(together.map((service) => service.start()));
    if (starts.every((start) => start === 'serves')) continue;
    await stop();
    const died = together.filter((_, place) => starts[place] === 'died').map(({ name }) => name);
    if (died.length === 0) return undefined;
    throw new StartupProblem(
      `${died.join(' and ')} ended while starting, without a word.`,
      'Look for why it was ended.',
    );
  }
  return { stop };
}

/** Each service would wait for a server that comes later; whoever starts all of them at once wants to know now. */
async function natsAnswers(nats: NatsConfig): Promise<void> {
  const signal = AbortSignal.timeout(natsPatienceMs);
  const link = await connectNats({ ...nats, service: 'supervisor', signal });
  await link.close();
}

/** The services behind the gateway answer health checks on ports that follow each other; none where the system chooses. */
function healthPortsOf({ healthPort }: Config): readonly number[] {
  if (healthPort === undefined || healthPort === 0) return [];
  const ports = [first, ...others].filter((name) => name !== 'gateway').map((_, place) => healthPort + place);
  const room = lastPort - (ports.length - 1);
  if (healthPort <= room) return ports;
  throw new StartupProblem(
    `HEALTH_PORT is ${healthPort}: ${ports.length} services take a port each from there on.`,
    `Set HEALTH_PORT to ${room} or less.`,
  );
}

function entryOf(service: ServiceName): string {
  const index = createRequire(import.meta.url).resolve(`@evident/${service}`);
  return join(dirname(index), '../program/main.js');
}
