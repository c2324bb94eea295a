/** One piece of work in a trace: who caused it, what it was about, how it ended. */
export interface SpanStart {
  /** Of a small fixed set: a route pattern, a message. Never what a caller chose. */
  readonly name: string;
  readonly kind: 'server' | 'consumer';
  /** `traceparent` of whoever caused it (W3C Trace Context, section 3.2); where absent a trace begins. */
  readonly parent: string | undefined;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

export interface SpanEnd {
  /** `ok`, or the code of the error that was answered. */
  readonly outcome: string;
  /** A fault of ours or of what we stand on; a refusal is none. */
  readonly failed: boolean;
}

/** Traces work over processes. Spans hold no personal data and no secret. */
export interface Tracing {
  /** Runs the work as one span. The work hands `traceparent` on to whatever it causes elsewhere. */
  span<Result>(
    start: SpanStart,
    work: (traceparent: string) => Promise<Result>,
    end: (result: Result) => SpanEnd,
  ): Promise<Result>;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}

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
