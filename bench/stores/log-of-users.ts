import { join } from 'node:path';
import type { EventStore } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import type { Resource } from '../program.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { fillWithUsers } from './user-events.ts';

/** An embedded log of as many user events as `--set events=` says. */
export function logOfUsers(usual: number): Resource<EventStore> {
  return async ({ use, option }) => {
    const path = join(await use(temporaryFolder), 'events.db');
    // Filled by one store and read by another, as after a restart.
    const filling = await openEmbeddedEventStore({ path });
    await fillWithUsers(filling, option('events', usual));
    await filling.close();
    const value = await openEmbeddedEventStore({ path });
    return { value, close: () => value.close() };
  };
}
