import type { HealthCheck, Readiness } from '@evident/runtime';
import type { FeedStream } from '@evident/transport';
import type { FeedPublisher } from './feed-publisher.ts';

/** A feed that waits is never a reason to serve nobody: everything it will say is in the log. */
export function feedCheck(feed: FeedStream, publisher: FeedPublisher): HealthCheck {
  return {
    name: 'feed',
    check(): Readiness {
      const state = publisher.state();
      if (state === 'publishing' || state === 'standby') {
        return feed.connected || state === 'standby' ? 'ok' : { degraded: 'the feed waits: NATS does not answer' };
      }
      return { degraded: state === 'stopped' ? 'the feed has ended' : 'the feed waits: NATS or its JetStream is away' };
    },
  };
}
