export * from './dependencies.ts';
export { IdentityProjectionModule } from './identity-projection.module.ts';
export { createIdentityProjection, type IdentityProjection, type IdentityQueries } from './identity-projection.ts';
