export * from './commands.ts';
export * from './decide.ts';
export * from './events.ts';
export * from './identifier.ts';
export * from './password.ts';
export * from './profile.ts';
export * from './state.ts';
