export * from './observe-messages.ts';
export * from './run-service.ts';
export * from './service.ts';
export * from './trace-messages.ts';
