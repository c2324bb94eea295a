export { adoptNewLogId, backUpEmbeddedLog, type LogBackup } from './backup.ts';
export { checkEmbeddedLog, type LogCheck, type LogCheckProgress } from './check-log.ts';
export { type EmbeddedEventStoreOptions, openEmbeddedEventStore } from './embedded-event-store.ts';
export { type EmbeddedLogCopyOptions, openEmbeddedLogCopy } from './embedded-log-copy.ts';
export { type LockedLog, lockEmbeddedLog } from './locked-log.ts';
export { type LogHead, readLogHead } from './log-head.ts';
export { verifyWriteAhead } from './write-ahead-check.ts';
