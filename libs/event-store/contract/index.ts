export { BreakableLog } from './breakable-event-store.ts';
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
export type { EventStoreFlaw } from './event-store-flaw.ts';
export { type CopyPlace, type LogCopyCase, logCopyContract, runLogCopyCase } from './log-copy.contract.ts';
