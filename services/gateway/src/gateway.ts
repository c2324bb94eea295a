import type { FastifyInstance } from 'fastify';
import { AccessCheck } from './access/access-check.ts';
import { PublishedKeys } from './access/published-keys.ts';
import { asfContract } from './asf/index.ts';
import { ServiceCalls } from './consistency/service-calls.ts';
import { evidentContract } from './evident/index.ts';
import type { GatewayDependencies } from './gateway-dependencies.ts';
import { admission } from './http/admission.ts';
import { addBodyParsers } from './http/body-parsers.ts';
import { demandBody } from './http/demanded-body.ts';
import { FaultAnswers } from './http/fault-answers.ts';
import type { HttpContract } from './http/http-contract.ts';
import { intake } from './http/intake.ts';
import { observation } from './http/observation.ts';
import { OpenStreams } from './http/open-streams.ts';
import { EndpointRunner } from './http/run-endpoint.ts';
import { headersAtLast, securityHeaders } from './http/security-headers.ts';
import { serverOptions } from './http/server-options.ts';
import { UnknownRoutes } from './http/unknown-routes.ts';
import { AddressLimiter } from './limits/address-limiter.ts';
import { lazyDocuments } from './openapi/lazy-documents.ts';
import { addReadinessChecks } from './readiness.ts';
import { RevocationList } from './revocation-list.ts';
import { ussoContract } from './usso/index.ts';

const version = '0.1.0';
const defaultMaxInFlight = 1_024;
/** Answers that are being streamed at once. */
const mostStreams = 256;

/** The gateway without a web framework around it; `GatewayModule` puts it into Nest. */
export interface Gateway {
  readonly contracts: readonly HttpContract[];
  readonly runner: EndpointRunner;
  readonly faults: FaultAnswers;
  readonly logger: GatewayDependencies['logger'];
  readonly serverOptions: ReturnType<typeof serverOptions>;
  readonly corsOrigins: readonly string[];
  /** Puts hooks and parsers on the server, before its routes. */
  equip(server: FastifyInstance): void;
  /** Listens for ended tokens and fetches the keys. Resolves without waiting for a service that is away. */
  start(): void;
  close(): void;
}

export function createGateway(deps: GatewayDependencies): Gateway {
  const { config, client, broadcast, logger, metrics, health, now, tracing } = deps;
  const { tenant, publicUrl: issuer } = config;
  const revocations = new RevocationList({ client, broadcast, tenant, now, logger });
  const keys = new PublishedKeys({ client, tenant, issuer, now, logger });
  const audiences = [issuer, config.tokens.audience];
  const appAudiences = config.tokens.allowedAudiences;
  const access = new AccessCheck({ keys, revocations, issuer, audiences, appAudiences, tenant, now });
  const services = new ServiceCalls({ client, revocations, logger, metrics });
  const maxInFlight = deps.maxInFlight ?? defaultMaxInFlight;
  const runner = new EndpointRunner({
    services,
    tenant,
    publicUrl: issuer,
    now,
    logger,
    metrics,
    tracing,
    maxInFlight,
  });

  const streams = new OpenStreams(mostStreams);

  const texts = { document: () => documents.text, page: () => documents.page };
  // The contract that no path is foreign to comes last.
  const contracts = [evidentContract({ health, metrics, keys, texts, streams, now }), ussoContract, asfContract];
  const documents = lazyDocuments({ contracts: contracts.toReversed(), publicUrl: issuer, version });

  const unknownRoutes = new UnknownRoutes(contracts);
  const headers = securityHeaders(issuer);
  const faults = new FaultAnswers(unknownRoutes, headers);
  const limiter = config.rateLimit ? new AddressLimiter() : undefined;
  addReadinessChecks(health, { client, revocations, tenant, now });

  return {
    contracts,
    runner,
    faults,
    logger,
    serverOptions: serverOptions(config, faults),
    corsOrigins: config.corsOrigins,
    equip(server) {
      server.decorateRequest('admitted', null);
      addBodyParsers(server);
      // What has no end of its own must end before the server waits for what is in flight.
      server.addHook('preClose', async () => streams.end());
      server.addHook('onRequest', intake({ unknownRoutes, headers, metrics }));
      server.addHook(
        'onRequest',
        admission({ access, limiter, unknownRoutes, headers, publicUrl: issuer, metrics, now }),
      );
      server.addHook('preParsing', demandBody);
      if (config.corsOrigins.length > 0) server.addHook('onSend', headersAtLast(headers));
      server.addHook('onResponse', observation({ metrics, logger, limiter }));
    },
    start() {
      revocations.start();
      keys.keys();
    },
    close: () => revocations.close(),
  };
}
