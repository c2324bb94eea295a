export { BreakableLog } from './breakable-event-store.ts';
export {
  type EventStoreContractOptions,
  type EventStoreHarness,
  eventStoreCases,
  eventStoreContract,
  runEventStoreCase,
} from './event-store.contract.ts';
export type { EventStoreCapability, EventStoreCase, LogUnderTest } from './event-store-case.ts';
export type { EventStoreFlaw } from './event-store-flaw.ts';
export { logCopyContract, runLogCopyCase } from './log-copy.contract.ts';
export type { CopyPlace, LogCopyCase } from './log-copy-case.ts';
