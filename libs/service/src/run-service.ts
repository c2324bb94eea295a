import 'reflect-metadata';
import { openLog, readWrappingKey, type WrappingKey } from '@evident/log';
import {
  type Config,
  createLogger,
  createMetrics,
  HealthChecks,
  reportReady,
  requireConfig,
  requireNats,
  type ServiceKind,
  Shutdown,
  startHealthServer,
  startOrExplain,
  startTracing,
  systemClock,
} from '@evident/runtime';
import { NestFactory } from '@nestjs/core';
import { observeMessages } from './observe-messages.ts';
import type { Service, ServiceDependencies } from './service.ts';
import { traceMessages } from './trace-messages.ts';

/** The services behind the gateway. */
export type BackService = Exclude<ServiceKind, 'gateway' | 'standalone'>;

/**
 * The `main` of a service that runs alone: answers its messages over NATS until SIGTERM, then finishes what it has
 * taken. A start that fails is one message on stderr and exit code 1. `beforeLog` is awaited before the log is opened, which
 * may make it.
 */
export function runService(
  name: BackService,
  create: (deps: ServiceDependencies, masterKey: () => WrappingKey) => Promise<Service>,
  beforeLog: (config: Config) => Promise<void> = async () => {},
): Promise<void> {
  return startOrExplain(name, async () => {
    const { config, warnings } = requireConfig(process.env, name);
    const logger = createLogger({ service: name, level: config.logLevel });
    for (const warning of warnings) logger.warn({}, warning);
    const shutdown = new Shutdown({ logger });
    const metrics = createMetrics(name);
    const health = new HealthChecks();
    const tracing = await startTracing({ service: name, endpoint: config.tracesEndpoint });
    shutdown.on('close', 'traces', () => tracing?.close());
    // Loaded here, since standalone takes other things of this room and mostly runs without NATS.
    const { connectNats, JetStreamFeed, NatsClient, NatsResponder, NatsStrategy } = await import(
      '@evident/transport/nats'
    );
    const link = await connectNats({ ...requireNats(config), service: name, log: logger });
    shutdown.on('close', 'nats', () => link.close());
    await beforeLog(config);
    const log = await openLog({ config, createKeyring: name === 'auth-command', logger, now: systemClock, metrics });
    shutdown.on('close', 'log', () => log.close());
    health.add({ name: 'event-log', check: () => log.readiness() });
    // Asked for by the two services that keep secrets of their own, and by nobody else.
    const masterKey = () => readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake: false, logger });
    const client = new NatsClient(link, { log: logger });
    const deps = {
      config,
      log,
      client,
      broadcast: client,
      logger,
      metrics,
      health,
      now: systemClock,
      ...(name === 'identity-projection'
        ? { feed: new JetStreamFeed({ retention: config.feed, link: async () => link }) }
        : undefined),
    };
    const service = await create(deps, masterKey);
    shutdown.on('close', name, () => service.close?.());
    const strategy = new NatsStrategy(
      new NatsResponder(link, { log: logger, observe: observeMessages(metrics), ...traceMessages(tracing) }),
    );
    const app = await NestFactory.createMicroservice(service.module, { strategy, logger: false, abortOnError: false });
    // Not ready first, so that whoever looks sees it go while what was taken is answered.
    shutdown.on('intake', 'ready', () => health.stopping());
    shutdown.on('intake', 'messages', () => strategy.close());
    await app.listen();
    health.add({
      name: 'nats',
      check: () => (link.status === 'connected' ? 'ok' : { down: 'the connection to NATS is lost' }),
    });
    if (config.healthPort !== undefined) {
      const server = await startHealthServer({ host: config.listen.host, port: config.healthPort, health, metrics });
      shutdown.on('close', 'health', () => server.close());
    }
    shutdown.listen();
    await shutdown.finishStart(() => service.start?.());
    logger.info({ processId: process.pid }, 'Ready.');
    reportReady();
  });
}
