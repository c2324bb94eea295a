import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { latencyBuckets } from './latency-buckets.ts';
import { addProcessMetrics } from './process-metrics.ts';

/**
 * The metrics of one process. Labels hold only values of a small fixed set (route patterns, message subjects, codes,
 * projection names): never a user, an app, an address or anything a caller chose.
 */
export interface Metrics {
  /** Request over HTTP, counted when it was answered: `{method, route, status}`. */
  readonly requests: Counter<'method' | 'route' | 'status'>;
  /** Seconds from the first byte read to the answer: `{method, route}`. */
  readonly requestSeconds: Histogram<'method' | 'route'>;
  /** Request between services, by the service that answers: `{message, outcome}`; outcome is `ok` or an error code. */
  readonly messages: Counter<'message' | 'outcome'>;
  readonly messageSeconds: Histogram<'message'>;
  /** Password hashes that wait for a worker. */
  readonly hashQueue: Gauge;
  readonly hashesInFlight: Gauge;
  /** Appends to the log: outcome `appended`, `conflict` or `failed`. */
  readonly appends: Counter<'outcome'>;
  readonly appendedEvents: Counter;
  readonly appendSeconds: Histogram;
  readonly projectionLagEvents: Gauge<'projection'>;
  readonly projectionLagSeconds: Gauge<'projection'>;
  readonly projectionParked: Gauge<'projection'>;
  readonly feedLagEvents: Gauge;
  readonly feedLagSeconds: Gauge;
  /** Judged attempts: `{outcome, reason}`; the reason is told as far as the answer told it. */
  readonly signIns: Counter<'outcome' | 'reason'>;
  /** Requests that were refused, by error code: `{code}`. */
  readonly refusals: Counter<'code'>;
  readonly registry: Registry;
  /** Content type of `render()`. */
  readonly contentType: string;
  /** The text format of Prometheus. */
  render(): Promise<string>;
}

/** Call once a process: standalone has one registry for its four services. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  addProcessMetrics(registry);
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name: `evident_${name}`, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge<Label>({ name: `evident_${name}`, help, labelNames, registers });
  const seconds = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Histogram<Label>({ name: `evident_${name}`, help, labelNames, registers, buckets: [...latencyBuckets] });
  return {
    requests: counter('http_requests_total', 'HTTP requests answered.', ['method', 'route', 'status']),
    requestSeconds: seconds('http_request_seconds', 'Time to answer an HTTP request.', ['method', 'route']),
    messages: counter('messages_total', 'Requests between services, also those that came in too late to be answered.', [
      'message',
      'outcome',
    ]),
    messageSeconds: seconds('message_seconds', 'Time to answer a request of another service.', ['message']),
    hashQueue: gauge('hash_queue_length', 'Password hashes waiting for a worker.'),
    hashesInFlight: gauge('hashes_in_flight', 'Password hashes being computed.'),
    appends: counter('appends_total', 'Appends to the event log.', ['outcome']),
    appendedEvents: counter('appended_events_total', 'Events appended to the log.'),
    appendSeconds: seconds('append_seconds', 'Time of an append until it was durable.'),
    projectionLagEvents: gauge('projection_lag_events', 'Events a projection has yet to apply.', ['projection']),
    projectionLagSeconds: gauge('projection_lag_seconds', 'Age of the oldest event not yet applied.', ['projection']),
    projectionParked: gauge('projection_parked', 'Events that a projection could not apply.', ['projection']),
    feedLagEvents: gauge('feed_lag_events', 'Events not yet published downstream.'),
    feedLagSeconds: gauge('feed_lag_seconds', 'Age of the oldest event not yet published downstream.'),
    signIns: counter('sign_ins_total', 'Judged sign-in attempts.', ['outcome', 'reason']),
    refusals: counter('refusals_total', 'Requests refused, by error code.', ['code']),
    registry,
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}
