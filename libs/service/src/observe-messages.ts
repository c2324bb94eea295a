import type { Metrics } from '@evident/runtime';
import type { MessageServerOptions } from '@evident/transport';

/** Counts and times what is asked of a service, for either transport. */
export function observeMessages(
  metrics: Pick<Metrics, 'messages' | 'messageSeconds'>,
): NonNullable<MessageServerOptions['observe']> {
  return (message, outcome, durationMs) => {
    metrics.messages.inc({ message, outcome });
    metrics.messageSeconds.observe({ message }, durationMs / 1000);
  };
}
