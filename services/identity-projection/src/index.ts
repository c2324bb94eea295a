export { type AuditAnswers, type AuditAtHand, AuditRefusal, openAuditAtHand } from './audit/audit-at-hand.ts';
export * from './dependencies.ts';
export { IdentityProjectionModule } from './identity-projection.module.ts';
export { createIdentityProjection, type IdentityProjection, type IdentityQueries } from './identity-projection.ts';
