export * from './attempt.ts';
export * from './attempt-limits.ts';
export * from './events.ts';
export * from './judge.ts';
export * from './refill-tallies.ts';
