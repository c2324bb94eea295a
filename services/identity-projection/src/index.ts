export { type AuditAnswers, type AuditAtHand, AuditRefusal, openAuditAtHand } from './audit/audit-at-hand.ts';
export * from './dependencies.ts';
export { IdentityProjectionModule } from './identity-projection.module.ts';
export { createIdentityProjection, type IdentityProjection, type IdentityQueries } from './identity-projection.ts';
export {
  openProjectionsAtHand,
  type ProjectionAtHand,
  type ProjectionsAtHand,
} from './operations/projections-at-hand.ts';
export type { DifferingRow, VerifiedRows } from './operations/verify-at-hand.ts';
