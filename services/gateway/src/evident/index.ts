import type { Clock, HealthChecks, Metrics } from '@evident/runtime';
import type { PublishedKeys } from '../access/published-keys.ts';
import type { HttpContract } from '../http/http-contract.ts';
import type { OpenStreams } from '../http/open-streams.ts';
import { audit } from './audit.ts';
import { type DocumentationTexts, documentation } from './documentation.ts';
import { events } from './events.ts';
import { health } from './health.ts';
import { jwks } from './jwks.ts';
import { metricsPage } from './metrics.ts';
import { privacy } from './privacy.ts';
import { problemShape, problems } from './problem.ts';
import { projections } from './projections.ts';
import { replay } from './replay.ts';
import { seals } from './seals.ts';
import { signingKeys } from './signing-keys.ts';
import { undo } from './undo.ts';
import { webhooks } from './webhooks.ts';

export interface EvidentContractOptions {
  readonly health: HealthChecks;
  readonly metrics: Metrics;
  readonly keys: PublishedKeys;
  readonly texts: DocumentationTexts;
  readonly streams: OpenStreams;
  readonly now: Clock;
}

/** Evident's own routes: what happened, how the service is, and what it can do. */
export function evidentContract(options: EvidentContractOptions): HttpContract {
  const { health: checks, metrics, keys, texts, streams, now } = options;
  const endpoints = [
    ...health(checks, now),
    metricsPage(metrics),
    jwks(keys),
    ...documentation(texts),
    events(now, streams),
    ...audit(now),
    replay(now, streams),
    ...seals,
    ...privacy,
    undo,
    ...projections(now),
    ...signingKeys(keys),
    ...webhooks,
  ];
  const paths = new Set(endpoints.map(({ path }) => path));
  return {
    name: 'Evident',
    about: 'What happened and what was true then, how the service is, and the keys that its tokens are signed with.',
    endpoints,
    refusals: problems,
    errorShape: problemShape,
    invalidShape: problemShape,
    badParameter: 400,
    errorType: 'application/problem+json',
    owns: (path) => paths.has(path) || /^\/(ops|audit)\//.test(path),
  };
}
