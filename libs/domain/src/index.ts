export * from './decider.ts';
export * from './stream-name.ts';
