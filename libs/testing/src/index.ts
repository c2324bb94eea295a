export * from './deployment.ts';
export * from './free-port.ts';
export * from './given.ts';
export * from './manual-clock.ts';
export * from './nats-server.ts';
export * from './request-context.ts';
export * from './silent-logger.ts';
export * from './temporary-log.ts';
