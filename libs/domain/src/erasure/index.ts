export * from './commands.ts';
export * from './decide.ts';
export * from './erasures-by-user.ts';
export * from './events.ts';
export * from './state.ts';
