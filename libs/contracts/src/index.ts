export * from './auth-command.ts';
export * from './cloud-event.ts';
export * from './error-codes.ts';
export * from './identity-projection.ts';
export * from './machines.ts';
export * from './message.ts';
export * from './objects.ts';
export * from './token-issuer.ts';
