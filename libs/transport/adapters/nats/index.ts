export { type FeedRetention, JetStreamFeed, type JetStreamFeedOptions } from './jetstream-feed.ts';
export { NatsClient, type NatsClientOptions } from './nats-client.ts';
export { type ConnectOptions, connectNats, type NatsLink } from './nats-link.ts';
export type { NatsAddress } from './nats-options.ts';
export { NatsProblem, type NatsProblemCode } from './nats-problem.ts';
export { NatsResponder } from './nats-responder.ts';
export { NatsStrategy } from './nats-strategy.ts';
