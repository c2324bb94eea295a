import { erasureDecider, eventRegistry, streams } from '@evident/domain';
import { createEventCodec, EventStoreFault, runCommand, uuid5 } from '@evident/event-store';
import { openEmbeddedEventStore } from '@evident/event-store/embedded';
import type { Clock } from '@evident/runtime';

const userId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Asks the restored log to erase everyone in the list who was erased after the backup: their keys are not restored, and
 * the first server that starts ends their accounts before it serves.
 */
export async function requestErasures(
  path: string,
  { tenant, erasures, now }: { readonly tenant: string; readonly erasures: readonly string[]; readonly now: Clock },
): Promise<void> {
  // Keys of months, for attempts where nobody was found, belong to no account.
  const people = erasures.filter((person) => userId.test(person));
  if (people.length === 0) return;
  const store = await openEmbeddedEventStore({ path, tenant, now });
  const codec = createEventCodec(eventRegistry, {
    seal: () => {
      throw new EventStoreFault('misuse', 'an erasure has a personal member');
    },
    open: () => undefined,
  });
  try {
    for (const person of people) {
      const commandId = uuid5(`restored-erasure/${tenant}/${person}`);
      await runCommand(
        { store, codec, decider: erasureDecider, now },
        {
          stream: streams.erasures(tenant),
          step: `request-erasure ${person}`,
          command: { type: 'request-erasure', userId: person, identifiers: 'kept' },
          metadata: { tenant, actor: 'system', commandId, correlationId: commandId, occurredAt: now() },
        },
      );
    }
  } finally {
    await store.close();
  }
}
