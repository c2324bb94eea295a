export * from './health-server.ts';
export * from './run-service.ts';
export * from './service.ts';
