export * from './commands.ts';
export * from './decide.ts';
export * from './events.ts';
export * from './profile.ts';
export * from './state.ts';
