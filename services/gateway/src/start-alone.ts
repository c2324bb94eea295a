import 'reflect-metadata';
import {
  type Config,
  createLogger,
  createMetrics,
  describeProblems,
  HealthChecks,
  type Logger,
  loadConfig,
  reportReady,
  Shutdown,
  StartupProblem,
  systemClock,
} from '@evident/runtime';
import { connectNats, NatsClient, NatsProblem } from '@evident/transport/nats';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule, nestOptions } from './gateway.module.ts';
import { createGateway } from './gateway.ts';
import { listen } from './http/listen.ts';

/** The gateway as a process of its own. Waits for NATS; the services behind it may come later, and go and come. */
export async function startAlone(): Promise<void> {
  const loaded = loadConfig(process.env, { service: 'gateway' });
  if (!loaded.ok) {
    throw new StartupProblem(describeProblems(loaded.problems), 'Correct the configuration and start again.');
  }
  const { config, warnings } = loaded;
  const logger = createLogger({ service: 'gateway', level: config.logLevel });
  for (const warning of warnings) logger.warn({}, warning);
  const shutdown = new Shutdown({ logger });
  const link = await connect(config, logger);
  shutdown.on('close', 'nats', () => link.close());
  const client = new NatsClient(link, { log: logger });
  const health = new HealthChecks();
  health.add({
    name: 'nats',
    check: () => (link.status === 'connected' ? 'ok' : { down: 'the connection to NATS is lost' }),
  });
  const metrics = createMetrics('gateway');
  const gateway = createGateway({ config, client, broadcast: client, logger, metrics, health, now: systemClock });
  shutdown.on('close', 'gateway', () => gateway.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.register(gateway),
    GatewayModule.adapter(gateway),
    nestOptions,
  );
  await app.init();
  gateway.start();
  const listening = await listen(app.getHttpAdapter().getInstance(), config.listen);
  // Not ready first, so that balancers look elsewhere while what is in flight is answered.
  shutdown.on('intake', 'ready', () => health.stopping());
  shutdown.on('in-flight', 'http', () => listening.close());
  shutdown.listen();
  for (const { port } of listening.addresses) logger.info({ port, processId: process.pid }, 'Ready.');
  reportReady();
}

async function connect(config: Config, logger: Logger) {
  if (config.nats === undefined) {
    throw new StartupProblem('NATS_URL is not set.', 'Write for example nats://127.0.0.1:4222.');
  }
  try {
    return await connectNats({ ...config.nats, service: config.service, log: logger });
  } catch (error) {
    if (!(error instanceof NatsProblem)) throw error;
    throw new StartupProblem(error.message, error.remedy, { cause: error });
  }
}
