import type { Clock, Config, HealthChecks, Logger, Metrics, Tracing } from '@evident/runtime';
import type { Broadcast, RequestClient } from '@evident/transport';

export interface GatewayDependencies {
  readonly config: Config;
  readonly client: RequestClient;
  readonly broadcast: Broadcast;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Shared by what runs in the process; the gateway adds the services it needs. */
  readonly health: HealthChecks;
  readonly now: Clock;
  /** Where requests are traced. */
  readonly tracing?: Tracing | undefined;
  /** Default 1,024. Beyond it 503 at once. */
  readonly maxInFlight?: number;
}
