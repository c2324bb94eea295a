import type { Log } from '@evident/log';
import type { Clock, Config, HealthChecks, Logger, Metrics } from '@evident/runtime';
import type { Broadcast, FeedStream } from '@evident/transport';
import type { DeliveryPatience } from './webhooks/delivery-options.ts';

/** What the service stands on; made by whoever starts it. */
export interface IdentityProjectionDependencies {
  readonly config: Pick<Config, 'tenant' | 'publicUrl' | 'tokens' | 'readModel' | 'webhooks'>;
  readonly log: Log;
  readonly broadcast: Broadcast;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Gets a check of the projections. */
  readonly health: Pick<HealthChecks, 'add'>;
  /** Where events are published; none without NATS. */
  readonly feed?: FeedStream;
  /** How long webhooks are waited for and how they are repeated. */
  readonly delivery?: DeliveryPatience;
  readonly now: Clock;
}
