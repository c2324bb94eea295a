export type { Attributes } from '@evident/authorization';
export * from './access-key.ts';
export * from './caller.ts';
export * from './caller-check.ts';
export * from './for-tenant.ts';
export * from './grants.ts';
export * from './hand-on.ts';
export * from './permit.ts';
export * from './standing.ts';
