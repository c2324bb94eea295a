export * from './error-codes.ts';
export * from './message.ts';
