import { parseStreamName } from '@evident/domain';
import type { DecodedEvent, StoredEvent, UnreadableEvent } from '@evident/event-store';
import type { Log } from '@evident/log';
import type { DecodeBatch, ProjectedEvent } from '@evident/read-model';

type Decoded = DecodedEvent | UnreadableEvent;

/** An event that this program cannot read: it parks its stream. */
export class UnreadableStoredEvent extends Error {
  override readonly name = 'UnreadableStoredEvent';
}

/**
 * Decodes the events of a batch, with the person keys that they need fetched in one call. A store of keys that is
 * away is a fault, and the batch is tried again; an event that cannot be read is poison.
 */
export function createDecodeBatch({ codec, preloadPersons }: Pick<Log, 'codec' | 'preloadPersons'>): DecodeBatch {
  return async (events) => {
    const sealed = events.filter(({ data }) => data.sealed !== undefined);
    if (sealed.length > 0) await preloadPersons([...new Set(sealed.map(personOf))]);
    const opened = new Map<StoredEvent, Decoded>();
    for (const event of sealed) {
      // A promise only where the key was never made or was pushed out of memory meanwhile.
      const decoded = codec.decode(event);
      opened.set(event, decoded instanceof Promise ? await decoded : decoded);
    }
    return (event) => asProjected(opened.get(event) ?? codec.decode(event));
  };
}

/** Throws `UnreadableStoredEvent` where the event is poison. */
export function asProjected(event: Decoded | Promise<Decoded>): ProjectedEvent {
  if (event instanceof Promise) throw new TypeError('an event without sealed members did not decode at once');
  if ('problem' in event) throw new UnreadableStoredEvent(event.message);
  return event;
}

function personOf({ data, stream }: StoredEvent): string {
  const { person } = data.sealed as { readonly person?: unknown };
  return typeof person === 'string' ? person : (parseStreamName(stream)?.id ?? stream);
}
