/** What a room may import besides its own files: workspace packages by folder name, and everything else by package name. */
export interface ImportRule {
  readonly evident: readonly string[];
  /** Packages from the registry; `node:` stands for the built-ins. */
  readonly packages: readonly string[];
}

const nest = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  'reflect-metadata',
  'rxjs',
];
const openTelemetry = ['api', 'core', 'exporter-trace-otlp-http', 'resources', 'sdk-trace'].map(
  (name) => `@opentelemetry/${name}`,
);
const service = ['contracts', 'transport', 'crypto', 'runtime'];
const onTheLog = [...service, 'authorization', 'caller', 'domain', 'event-store', 'evidence', 'log', 'service'];

/** By room, or by room and zone where a zone may more or less than its room. */
export const importRules: Readonly<Record<string, ImportRule>> = {
  'libs/domain': { evident: [], packages: ['zod'] },
  'libs/authorization': { evident: [], packages: [] },
  'libs/contracts': { evident: ['domain'], packages: ['zod'] },
  'libs/event-store': { evident: ['domain'], packages: ['node:'] },
  'libs/event-store/adapters/eventstoredb': { evident: ['domain'], packages: ['node:', '@eventstore/db-client'] },
  'libs/event-store/contract': { evident: ['domain'], packages: ['node:', 'vitest', 'fast-check'] },
  'libs/mongodb': { evident: [], packages: ['node:', 'mongodb'] },
  'libs/read-model': { evident: ['event-store'], packages: ['node:'] },
  'libs/read-model/adapters/mongodb': { evident: ['event-store', 'mongodb'], packages: ['node:', 'mongodb'] },
  'libs/read-model/contract': { evident: ['event-store'], packages: ['node:', 'vitest', 'fast-check'] },
  'libs/transport': {
    evident: ['contracts'],
    packages: ['node:', 'zod', '@nestjs/common', '@nestjs/core', '@nestjs/microservices', 'rxjs'],
  },
  'libs/transport/adapters/nats': {
    evident: ['contracts'],
    packages: [
      'node:',
      'zod',
      '@nestjs/common',
      '@nestjs/microservices',
      'rxjs',
      '@nats-io/transport-node',
      '@nats-io/nats-core',
      '@nats-io/jetstream',
    ],
  },
  'libs/transport/contract': { evident: ['contracts'], packages: ['node:', 'zod', 'vitest', 'fast-check', ...nest] },
  'libs/crypto': { evident: [], packages: ['node:', 'jose', '@node-rs/argon2', 'piscina'] },
  'libs/crypto/adapters/mongodb': { evident: ['mongodb'], packages: ['node:', 'mongodb'] },
  'libs/crypto/contract': { evident: [], packages: ['node:', 'vitest', 'fast-check'] },
  'libs/runtime': {
    evident: [],
    packages: ['node:', 'zod', 'pino', 'pino-pretty', 'prom-client', ...openTelemetry],
  },
  'libs/log': { evident: ['crypto', 'domain', 'event-store', 'runtime'], packages: ['node:'] },
  'libs/caller': {
    evident: ['authorization', 'contracts', 'crypto', 'domain', 'event-store', 'log'],
    packages: ['node:'],
  },
  'libs/evidence': { evident: ['contracts', 'crypto', 'domain', 'event-store'], packages: ['node:'] },
  'libs/service': { evident: ['contracts', 'log', 'runtime', 'transport'], packages: ['node:', ...nest] },
  'libs/client': {
    evident: [],
    packages: ['node:', 'jose', '@nats-io/jetstream', '@nats-io/transport-node', '@nestjs/common'],
  },
  'libs/testing': {
    evident: ['contracts', 'crypto', 'domain', 'event-store', 'log', 'runtime'],
    packages: ['node:', 'zod', 'vitest', 'mongodb', 'testcontainers'],
  },
  'services/auth-command': {
    evident: onTheLog,
    packages: ['node:', 'zod', '@zxcvbn-ts/language-common', ...nest],
  },
  'services/token-issuer': { evident: onTheLog, packages: ['node:', 'zod', ...nest] },
  'services/identity-projection': { evident: [...onTheLog, 'read-model'], packages: ['node:', 'zod', ...nest] },
  'services/gateway': {
    evident: [...service, 'authorization'],
    packages: ['node:', 'zod', 'fastify', 'rate-limiter-flexible', 'secure-json-parse', ...nest],
  },
  'services/standalone': {
    evident: [...onTheLog, 'read-model', 'auth-command', 'token-issuer', 'identity-projection', 'gateway'],
    packages: ['node:', 'commander', 'fastify', ...nest],
  },
};

/** Files of a service in which Nest may be named; everything else is plain. */
export const nestFiles =
  /\.(controller|module|guard|pipe|filter|interceptor)\.ts$|\/main\.ts$|\/(start|serve)-[a-z]+\.ts$/;
