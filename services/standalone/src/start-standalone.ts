import 'reflect-metadata';
import {
  AuthCommandModule,
  createAuthCommand,
  ensureAdministrator,
  requireUsableAdministrator,
} from '@evident/auth-command';
import { serveGateway } from '@evident/gateway';
import { createIdentityProjection, IdentityProjectionModule } from '@evident/identity-projection';
import { openLog, readWrappingKey } from '@evident/log';
import {
  type Config,
  createMetrics,
  HealthChecks,
  type Logger,
  type Shutdown,
  startTracing,
  systemClock,
} from '@evident/runtime';
import { observeMessages, traceMessages } from '@evident/service';
import { createTokenIssuer, TokenIssuerModule } from '@evident/token-issuer';
import type { FeedStream } from '@evident/transport';
import { InProcessStrategy, InProcessTransport } from '@evident/transport/in-process';
import { NestFactory } from '@nestjs/core';
import { BackServicesModule } from './back-services.module.ts';
import { requireFreePorts } from './free-ports.ts';
import { generatedPassword } from './welcome.ts';

export interface Standalone {
  /** Where it listens, in the order of the ports. */
  readonly urls: readonly string[];
}

/**
 * The four services in one process on embedded stores: the same services and modules that run apart, on the
 * in-process transport. Resolves once it serves; registers what has to be ended with `shutdown`. Throws
 * `StartupProblem`.
 */
export async function startStandalone(config: Config, logger: Logger, shutdown: Shutdown): Promise<Standalone> {
  await requireFreePorts(config.listen.host, config.listen.ports, 'PORT');
  await requireUsableAdministrator(config);
  const now = systemClock;
  const metrics = createMetrics('standalone');
  const health = new HealthChecks();
  const log = await openLog({ config, createKeyring: true, logger, now, metrics });
  shutdown.on('close', 'log', () => log.close());
  health.add({ name: 'event-log', check: () => log.readiness() });
  const masterKey = readWrappingKey(config.keys.master, { variable: 'MASTER_KEY', mayMake: false, logger });
  const tracing = await startTracing({ service: 'standalone', endpoint: config.tracesEndpoint });
  shutdown.on('close', 'traces', () => tracing?.close());
  const transport = new InProcessTransport({
    log: logger,
    observe: observeMessages(metrics),
    ...traceMessages(tracing),
  });
  const feed = await feedOf(config, logger);
  const deps = {
    config,
    log,
    client: transport,
    broadcast: transport,
    logger,
    metrics,
    health,
    now,
    tracing,
    masterKey,
    ...(feed === undefined ? undefined : { feed }),
  };

  const issuer = await createTokenIssuer(deps);
  shutdown.on('close', 'token-issuer', () => issuer.close());
  const projection = await createIdentityProjection(deps);
  shutdown.on('close', 'identity-projection', () => projection.close());
  const authCommand = await createAuthCommand(deps);
  shutdown.on('close', 'auth-command', () => authCommand.close());
  const services = [
    TokenIssuerModule.register(issuer),
    IdentityProjectionModule.register(projection),
    AuthCommandModule.register(authCommand),
  ];
  const strategy = new InProcessStrategy(transport);
  const back = await NestFactory.createMicroservice(BackServicesModule.register(services), {
    strategy,
    logger: false,
    abortOnError: false,
  });
  shutdown.on('close', 'messages', () => strategy.close());
  await back.listen();
  issuer.start();
  projection.start();
  authCommand.start();
  await ensureAdministrator(authCommand, config, ({ username, password }) => {
    // To the terminal and past the log: a log is kept and passed on.
    if (password !== undefined) process.stdout.write(generatedPassword(username, password));
  });

  const addresses = await serveGateway(deps, shutdown);
  return { urls: addresses.map(({ port }) => `http://localhost:${port}`) };
}

/**
 * Here NATS carries the feed alone: it is waited for in the background, and nothing else waits for it. Its client is
 * loaded where it is wanted: it would cost every other start time and memory.
 */
async function feedOf({ nats, feed: retention }: Config, log: Logger): Promise<FeedStream | undefined> {
  if (nats === undefined) return undefined;
  const { connectNats, JetStreamFeed } = await import('@evident/transport/nats');
  const link = (signal: AbortSignal) => connectNats({ ...nats, service: 'standalone', log, signal });
  return new JetStreamFeed({ retention, link, closesLink: true });
}
