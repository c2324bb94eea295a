import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Gateway } from './gateway.ts';
import { FaultsFilter } from './http/faults.filter.ts';
import { routesController } from './http/routes.controller.ts';

/**
 * The gateway in Nest. The application is made with `GatewayModule.adapter(gateway)` and `nestOptions`, initialised,
 * and opened with `listen`.
 */
@Module({})
export class GatewayModule {
  static register(gateway: Gateway): DynamicModule {
    return {
      module: GatewayModule,
      controllers: gateway.contracts.map((contract) => routesController(contract, gateway.runner)),
      providers: [{ provide: APP_FILTER, useValue: new FaultsFilter(gateway.faults, gateway.logger) }],
    };
  }

  static adapter(gateway: Gateway): FastifyAdapter {
    // No Express-style middleware is used, so its plugin need not run for every request.
    const adapter = new FastifyAdapter({ ...gateway.serverOptions, skipMiddie: true });
    if (gateway.corsOrigins.length > 0) adapter.enableCors(corsFor([...gateway.corsOrigins]));
    gateway.equip(adapter.getInstance());
    return adapter;
  }
}

type CorsOptions = NonNullable<Parameters<FastifyAdapter['enableCors']>[0]>;

/** For pages of the origins that the configuration names. Callers send tokens or keys, never cookies. */
const corsOptions = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowedHeaders: [
    'authorization',
    'content-type',
    'idempotency-key',
    'last-event-id',
    'traceparent',
    'x-api-key',
    'x-evident-min-position',
    'x-request-id',
  ],
  exposedHeaders: ['location', 'retry-after', 'x-evident-position', 'x-request-id', 'x-total-count'],
  credentials: false,
  maxAge: 600,
};

/** An OPTIONS that is no preflight (Fetch, section 3.3) is left to the contract: the library would call it a bad one. */
function corsFor(origin: string[]): CorsOptions {
  return {
    delegator({ headers }: FastifyRequest, done: (error: null, options: CorsOptions) => void) {
      const preflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
      done(null, { ...corsOptions, origin, preflight });
    },
  };
}

/** Bodies are parsed by the gateway's own parsers; errors of the start are explained by the runtime. */
export const nestOptions = { bodyParser: false, logger: false, abortOnError: false } as const;
