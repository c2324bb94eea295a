import { existsSync } from 'node:fs';
import { type EventStore, EventStoreFault } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Clock, type Config, StartupProblem } from '@evident/runtime';

/** Opens the event store by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openStore(config: Config, now: Clock): Promise<EventStore> {
  const { eventStore, personKeys, tenant } = config;
  if (eventStore.kind !== 'embedded') {
    throw new StartupProblem(
      'EVENT_STORE_URL names an EventStoreDB, and this build has no adapter for it.',
      'Leave EVENT_STORE_URL away, or write sqlite:<path of a file>.',
    );
  }
  // The log comes first: where there are person keys without it, it was lost or lies elsewhere, and is not begun anew.
  if (!existsSync(eventStore.path) && personKeys.kind === 'embedded' && existsSync(personKeys.path)) {
    throw new StartupProblem(
      `There is no ${eventStore.path}, but ${personKeys.path} holds the keys of people whom a log knows.`,
      'Restore the log from the last backup, or correct EVENT_STORE_URL or DATA_DIR; a new log needs an empty directory.',
    );
  }
  try {
    return await openEmbeddedEventStore({ path: eventStore.path, tenant, now });
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    const remedy = remedies[fault.code] ?? 'Run evident doctor to see what is wrong.';
    throw new StartupProblem(fault.message, remedy, { cause: fault });
  }
}

const remedies: Partial<Record<EventStoreFault['code'], string>> = {
  damaged: 'Nothing was changed. Run evident doctor to see how far the damage goes, then restore the last backup.',
  'disk-full': 'Make room on the disk, then start again; nothing was lost.',
  unavailable: 'Check that the path is right and that this user may write there.',
};
