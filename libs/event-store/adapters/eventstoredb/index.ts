export { type EventStoreDbLogCopyOptions, openEventStoreDbLogCopy } from './eventstoredb-log-copy.ts';
export { adoptNewLogId } from './log-identity.ts';
export { type EventStoreDbOptions, openEventStoreDb } from './open-eventstoredb.ts';
