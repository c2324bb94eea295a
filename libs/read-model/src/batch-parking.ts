import type { StoredEvent } from '@evident/event-store';
import type { ParkedStreams } from './parked-streams.ts';
import type { AnyProjection } from './projection.ts';
import type { ParkedEvent } from './read-model.port.ts';

/** What one batch adds to the parked streams; nothing is known outside before the store has it. */
export class BatchParking {
  readonly #before: ParkedStreams;
  readonly #changes = new Map<string, { readonly event: ParkedEvent; readonly keys: Set<string> }>();

  constructor(before: ParkedStreams) {
    this.#before = before;
  }

  /** Earlier events of a stream do not wait: a store without transactions may know the parking before their rows. */
  waits(projection: AnyProjection, { stream, revision }: StoredEvent): boolean {
    const before = this.#before.waitingFrom(projection.name, stream);
    if (before !== undefined && before.revision <= revision) return true;
    if (this.#changes.size === 0) return false;
    const parked = this.#changes.get(entry(projection, stream));
    return parked !== undefined && parked.event.revision < revision;
  }

  /** Parks the stream at this event; an earlier event of it that fails later in the work takes its place. */
  park(projection: AnyProjection, stored: StoredEvent, error: unknown, keys: readonly string[]): void {
    const name = entry(projection, stored.stream);
    const known = this.#changes.get(name)?.keys ?? [];
    this.#changes.set(name, { event: parkedEvent(projection, stored, error), keys: new Set([...known, ...keys]) });
  }

  /** Marks rows that a waiting event would change. */
  mark(projection: AnyProjection, { stream }: StoredEvent, keys: readonly string[]): void {
    const name = entry(projection, stream);
    const before = this.#before.waitingFrom(projection.name, stream);
    const known =
      this.#changes.get(name) ?? (before === undefined ? undefined : { event: before, keys: new Set<string>() });
    if (known === undefined) return;
    for (const key of keys) if (!this.#before.marks(projection.name, stream, key)) known.keys.add(key);
    if (known.keys.size > 0) this.#changes.set(name, known);
  }

  /** Streams parked anew, and parked before with the keys that are new. */
  changes(): readonly ParkedEvent[] {
    return [...this.#changes.values()].map(({ event, keys }) => ({ ...event, keys: [...keys] }));
  }
}

function entry(projection: AnyProjection, stream: string): string {
  return `${projection.name} ${stream}`;
}

function parkedEvent(projection: AnyProjection, stored: StoredEvent, error: unknown): ParkedEvent {
  const { stream, id, type, revision, position } = stored;
  return {
    projection: projection.name,
    stream,
    eventId: id,
    type,
    revision,
    position,
    error: describe(error),
    keys: [],
  };
}

/** Bounded, and the message only: an operator reads it, and a stack would tell where our code lies. */
function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, 500);
}
