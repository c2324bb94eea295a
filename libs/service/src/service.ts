import type { Log } from '@evident/log';
import type { Clock, Config, HealthChecks, Logger, Metrics } from '@evident/runtime';
import type { Broadcast, FeedStream, RequestClient } from '@evident/transport';
import type { DynamicModule } from '@nestjs/common';

/** What every service behind the gateway stands on, whether it runs alone or with the others. */
export interface ServiceDependencies {
  readonly config: Config;
  readonly log: Log;
  readonly client: RequestClient;
  readonly broadcast: Broadcast;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  /** Where events are published for downstream services; identity-projection has it where there is NATS. */
  readonly feed?: FeedStream;
  readonly now: Clock;
}

/** A service, ready to be given a transport. */
export interface Service {
  /** Its controllers, which answer messages. */
  readonly module: DynamicModule;
  /** Begins what runs by itself, once messages are answered. */
  start?(): Promise<void> | void;
  /** Ends it; called after the last message was answered. */
  close?(): Promise<void>;
}
