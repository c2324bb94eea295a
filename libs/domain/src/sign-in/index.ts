export * from './attempt-limits.ts';
export * from './events.ts';
export * from './judge.ts';
