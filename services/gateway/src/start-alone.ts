import {
  createLogger,
  createMetrics,
  HealthChecks,
  reportReady,
  requireConfig,
  requireNats,
  Shutdown,
  startTracing,
  systemClock,
} from '@evident/runtime';
import { connectNats, NatsClient } from '@evident/transport/nats';
import { serveGateway } from './serve-gateway.ts';

/** The gateway as a process of its own. Waits for NATS; the services behind it may come later, and go and come. */
export async function startAlone(): Promise<void> {
  const { config, warnings } = requireConfig(process.env, 'gateway');
  const logger = createLogger({ service: 'gateway', level: config.logLevel });
  for (const warning of warnings) logger.warn({}, warning);
  const shutdown = new Shutdown({ logger });
  const tracing = await startTracing({ service: 'gateway', endpoint: config.tracesEndpoint });
  shutdown.on('close', 'traces', () => tracing?.close());
  const link = await connectNats({ ...requireNats(config), service: 'gateway', log: logger });
  shutdown.on('close', 'nats', () => link.close());
  const client = new NatsClient(link, { log: logger });
  const health = new HealthChecks();
  health.add({
    name: 'nats',
    check: () => (link.status === 'connected' ? 'ok' : { down: 'the connection to NATS is lost' }),
  });
  const metrics = createMetrics('gateway');
  const deps = { config, client, broadcast: client, logger, metrics, health, now: systemClock, tracing };
  const addresses = await serveGateway(deps, shutdown);
  shutdown.listen();
  for (const { port } of addresses) logger.info({ port, processId: process.pid }, 'Ready.');
  reportReady();
}
