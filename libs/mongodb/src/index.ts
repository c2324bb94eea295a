export * from './mongodb-client.ts';
