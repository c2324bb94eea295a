import { existsSync } from 'node:fs';
import { type EventStore, EventStoreFault } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import { type Clock, type Config, StartupProblem } from '@evident/runtime';

/** Opens the event store by its address. Throws `StartupProblem` for whatever an operator can mend. */
export async function openStore(config: Config, now: Clock): Promise<EventStore> {
  try {
    return await open(config, now);
  } catch (fault) {
    if (!(fault instanceof EventStoreFault)) throw fault;
    const usual = remedies[config.eventStore.kind][fault.code] ?? 'Run evident doctor to see what is wrong.';
    throw new StartupProblem(fault.message, fault.remedy ?? usual, { cause: fault });
  }
}

async function open({ eventStore, personKeys, tenant }: Config, now: Clock): Promise<EventStore> {
  if (eventStore.kind !== 'embedded') {
    // Loaded where it is wanted: the client would cost every other start time and memory.
    const { openEventStoreDb } = await import('@evident/event-store/eventstoredb');
    return openEventStoreDb({ url: eventStore.url, tenant });
  }
  // The log comes first: where there are person keys without it, it was lost or lies elsewhere, and is not begun anew.
  if (!existsSync(eventStore.path) && personKeys.kind === 'embedded' && existsSync(personKeys.path)) {
    throw new StartupProblem(
      `There is no ${eventStore.path}, but ${personKeys.path} holds the keys of people whom a log knows.`,
      'Restore the log from the last backup, or correct EVENT_STORE_URL or DATA_DIR; a new log needs an empty directory.',
    );
  }
  return openEmbeddedEventStore({ path: eventStore.path, tenant, now });
}

type Remedies = Partial<Record<EventStoreFault['code'], string>>;

const remedies: Readonly<Record<Config['eventStore']['kind'], Remedies>> = {
  embedded: {
    damaged: 'Nothing was changed. Run evident doctor to see how far the damage goes, then restore the last backup.',
    'disk-full': 'Make room on the disk, then start again; nothing was lost.',
    unavailable: 'Check that the path is right, that this user may write there, and that there is room.',
  },
  eventstoredb: {
    damaged: 'Give Evident an EventStoreDB of its own in EVENT_STORE_URL, or restore the last backup of it.',
    unavailable: 'Start EventStoreDB, or correct the host and tls=… in EVENT_STORE_URL.',
    misuse: 'Correct EVENT_STORE_URL: esdb://user:password@host:2113, with a user who may read $all and write streams.',
  },
};
