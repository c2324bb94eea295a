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
