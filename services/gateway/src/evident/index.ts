import type { Clock, HealthChecks, Metrics } from '@evident/runtime';
import type { PublishedKeys } from '../access/published-keys.ts';
import type { HttpContract } from '../http/http-contract.ts';
import { type DocumentationTexts, documentation } from './documentation.ts';
import { health } from './health.ts';
import { jwks } from './jwks.ts';
import { metricsPage } from './metrics.ts';
import { problemShape, problems } from './problem.ts';
import { projections } from './projections.ts';

export interface EvidentContractOptions {
  readonly health: HealthChecks;
  readonly metrics: Metrics;
  readonly keys: PublishedKeys;
  readonly texts: DocumentationTexts;
  readonly now: Clock;
}

/** Evident's own routes: those that say how the service is, and what it can do. */
export function evidentContract({ health: checks, metrics, keys, texts, now }: EvidentContractOptions): HttpContract {
  const endpoints = [
    ...health(checks, now),
    metricsPage(metrics),
    jwks(keys),
    ...documentation(texts),
    ...projections(now),
  ];
  const paths = new Set(endpoints.map(({ path }) => path));
  return {
    name: 'Evident',
    about: 'How the service is, what it can do, and the keys that its tokens are signed with.',
    endpoints,
    refusals: problems,
    errorShape: problemShape,
    invalidShape: problemShape,
    errorType: 'application/problem+json',
    owns: (path) => paths.has(path) || path.startsWith('/ops/'),
  };
}
