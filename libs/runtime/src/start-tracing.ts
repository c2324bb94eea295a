import type { Tracing } from './tracing.ts';

export interface TracingOptions {
  readonly service: string;
  /** Base URL of an OTLP receiver over HTTP, without `/v1/traces`. */
  readonly endpoint: string | undefined;
}

/**
 * Tracing by OpenTelemetry where a receiver is configured, else undefined: then nothing of it is loaded, and a request
 * costs nothing more.
 */
export async function startTracing({ service, endpoint }: TracingOptions): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { OpenTelemetryTracing } = await import('./open-telemetry-tracing.ts');
  return new OpenTelemetryTracing(service, endpoint);
}
