import 'reflect-metadata';
import type { Shutdown } from '@evident/runtime';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule, nestOptions } from './gateway.module.ts';
import { createGateway } from './gateway.ts';
import type { GatewayDependencies } from './gateway-dependencies.ts';
import { type ListeningAddress, listen } from './http/listen.ts';

/**
 * Makes the gateway, puts it into Nest and opens its ports; registers with `shutdown` how it ends. Resolves with where
 * it listens. Throws `StartupProblem` where a port cannot be opened.
 */
export async function serveGateway(
  deps: GatewayDependencies,
  shutdown: Shutdown,
): Promise<readonly ListeningAddress[]> {
  const gateway = createGateway(deps);
  shutdown.on('close', 'gateway', () => gateway.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.register(gateway),
    GatewayModule.adapter(gateway),
    nestOptions,
  );
  await app.init();
  gateway.start();
  const listening = await listen(app.getHttpAdapter().getInstance(), deps.config.listen);
  // Seen over connections that are open; new ones are refused. Balancers are told before (docs/operations.md).
  shutdown.on('intake', 'ready', () => deps.health.stopping());
  shutdown.on('in-flight', 'http', () => listening.close());
  return listening.addresses;
}
