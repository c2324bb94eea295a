export * from './caller.ts';
export * from './caller-check.ts';
export * from './for-tenant.ts';
export * from './permit.ts';
