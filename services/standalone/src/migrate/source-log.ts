import { type CopiedLog, type EventStore, EventStoreFault } from '@evident/event-store';
import { lockEmbeddedLog, openEmbeddedEventStore, readLogHead } from '@evident/event-store/embedded';
import type { StoreAddress } from '@evident/runtime';
import { MigrationProblem } from './migration-problem.ts';

/** A log that nothing is added to any more. */
export interface HeldLog extends CopiedLog {
  /** How many events it has; undefined where only reading them would tell. */
  readonly events: number | undefined;
}

/** The log that is copied. */
export interface SourceLog extends CopiedLog {
  /** To be read while it is not held. */
  readonly store: EventStore;
  readonly events: number | undefined;
  /** Where only the operator knows whether anybody still writes. */
  readonly cannotBeHeld: boolean;
  /** Sees to it that nobody writes until this is closed; undefined where somebody has the log open. */
  hold(): Promise<HeldLog | undefined>;
  close(): Promise<void>;
}

/** Opens a log for reading, beside whoever writes it. It is not made where there is none. */
export async function openSource(address: StoreAddress<'eventstoredb'>, tenant: string): Promise<SourceLog> {
  if (address.kind === 'embedded') return openFile(address.path);
  const { openEventStoreDb } = await import('@evident/event-store/eventstoredb');
  const store = await openEventStoreDb({ url: address.url, tenant, mayMake: false });
  const { logId } = store;
  const source: HeldLog = { logId, events: undefined, readAll: (after, limit) => store.readAll(after, limit) };
  return { ...source, store, cannotBeHeld: true, hold: async () => source, close: () => store.close() };
}

async function openFile(path: string): Promise<SourceLog> {
  const { logId, events } = readLogHead(path);
  const open = () => openEmbeddedEventStore({ path, readOnly: true });
  let store = await open();
  let held: ReturnType<typeof lockEmbeddedLog> | undefined;
  return {
    logId,
    events,
    get store() {
      return store;
    },
    cannotBeHeld: false,
    readAll: (after, limit) => store.readAll(after, limit),
    async hold() {
      // Our own connection would stand in the way of the lock.
      await store.close();
      try {
        held = lockEmbeddedLog(path);
      } catch (fault) {
        if (!(fault instanceof EventStoreFault) || fault.code !== 'unavailable') throw fault;
        store = await open();
        return undefined;
      }
      if (held.logId !== logId)
        throw new MigrationProblem(`${path} was replaced while it was copied.`, 'Run the command again.');
      return held;
    },
    async close() {
      held?.close();
      await store.close();
    },
  };
}
