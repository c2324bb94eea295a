export * from './caller.ts';
export * from './caller-check.ts';
export * from './permit.ts';
