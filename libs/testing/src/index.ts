export * from './given.ts';
export * from './manual-clock.ts';
export * from './request-context.ts';
export * from './silent-logger.ts';
export * from './temporary-log.ts';
