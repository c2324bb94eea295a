import { kindOf, type ReplyError } from '@evident/contracts';
import type { SpanEnd, Tracing } from '@evident/runtime';
import type { MessageServerOptions } from '@evident/transport';

/** Each message that is answered is a span of its own, under the one that sent it; for either transport. */
export function traceMessages(tracing: Tracing | undefined): Pick<MessageServerOptions, 'trace'> {
  if (tracing === undefined) return {};
  return {
    trace: (contract, context, work) =>
      tracing.span(
        {
          name: `${contract.service} ${contract.name}`,
          kind: 'consumer',
          parent: context.traceparent,
          attributes: {
            'messaging.destination.name': contract.subject,
            'evident.correlation_id': context.correlationId,
          },
        },
        (traceparent) => work(Object.freeze({ ...context, traceparent })),
        endOf,
      ),
  };
}

function endOf(reply: unknown): SpanEnd {
  const { ok, error } = reply as { ok?: boolean; error?: ReplyError };
  if (ok === true) return { outcome: 'ok', failed: false };
  return { outcome: error?.code ?? 'fault.internal', failed: error === undefined || kindOf(error).status >= 500 };
}
