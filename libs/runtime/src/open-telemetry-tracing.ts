import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanEnd, SpanStart, Tracing } from './tracing.ts';

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER } as const;
/** How long the last spans may take to be sent when the process ends. */
const closeForMs = 3_000;

/** Spans are sent in batches; where the receiver is away they are dropped, and nothing waits for it. */
export class OpenTelemetryTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(service: string, endpoint: string) {
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': `evident-${service}`, 'service.namespace': 'evident' }),
      spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
    });
    this.#tracer = this.#provider.getTracer('evident');
  }

  async span<Result>(
    start: SpanStart,
    work: (traceparent: string) => Promise<Result>,
    end: (result: Result) => SpanEnd,
  ): Promise<Result> {
    const { name, kind, parent, attributes = {} } = start;
    const cause = parent === undefined ? null : parseTraceParent(parent);
    const context = cause === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...cause, isRemote: true });
    const span = this.#tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, context);
    try {
      const result = await work(traceparentOf(span));
      const { outcome, failed } = end(result);
      span.setAttribute('evident.outcome', outcome);
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
      return result;
    } catch (fault) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'fault.internal' });
      throw fault;
    } finally {
      span.end();
    }
  }

  async close(): Promise<void> {
    const bound = Promise.withResolvers<void>();
    const timer = setTimeout(bound.resolve, closeForMs);
    await Promise.race([this.#provider.shutdown().catch(() => undefined), bound.promise]);
    clearTimeout(timer);
  }
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
