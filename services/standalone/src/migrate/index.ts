export { type Migrated, type MigrationRequest, migrateLog } from './migrate-log.ts';
export { MigrationProblem } from './migration-problem.ts';
