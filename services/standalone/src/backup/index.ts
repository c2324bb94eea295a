export { BackupProblem } from './backup-problem.ts';
export { writeErasures } from './erasures-file.ts';
export type { Manifest } from './manifest.ts';
export { type Restored, type RestoreRequest, restoreBackup } from './restore-backup.ts';
export { type BackupRequest, takeBackup } from './take-backup.ts';
