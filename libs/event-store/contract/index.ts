export { BreakableLog, type EventStoreFlaw } from './breakable-event-store.ts';
export {
  type EventStoreCapability,
  type EventStoreCase,
  type EventStoreContractOptions,
  type EventStoreHarness,
  eventStoreCases,
  eventStoreContract,
  type LogUnderTest,
  runEventStoreCase,
} from './event-store.contract.ts';
export { type CopyPlace, type LogCopyCase, logCopyContract, runLogCopyCase } from './log-copy.contract.ts';
