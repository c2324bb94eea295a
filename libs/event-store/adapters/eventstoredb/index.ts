export { adoptNewLogId } from './log-identity.ts';
export { type EventStoreDbOptions, openEventStoreDb } from './open-eventstoredb.ts';
