import type { HealthCheck, Readiness } from '@evident/runtime';
import type { FeedStream } from '@evident/transport';
import type { FeedPublisher } from './feed-publisher.ts';

const displaced =
  'the feed waits: another deployment put its stream in place of ours; give each a NATS account of its own, and start this one again';

/** A feed that waits is never a reason to serve nobody: everything it will say is in the log. */
export function feedCheck(feed: Pick<FeedStream, 'connected'>, publisher: Pick<FeedPublisher, 'state'>): HealthCheck {
  return {
    name: 'feed',
    check(): Readiness {
      const state = publisher.state();
      if (state === 'publishing' || state === 'standby') {
        return feed.connected || state === 'standby' ? 'ok' : { degraded: 'the feed waits: NATS does not answer' };
      }
      if (state === 'displaced') return { degraded: displaced };
      return { degraded: state === 'stopped' ? 'the feed has ended' : 'the feed waits: NATS or its JetStream is away' };
    },
  };
}
