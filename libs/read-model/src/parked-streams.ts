import type { ParkedEvent, ParkedStream } from './read-model.port.ts';

/** Which rows a question is about: one row, or all that a stream feeds. */
export type ParkedQuestion = { readonly key: string } | { readonly stream: string };

interface Entry {
  readonly event: ParkedEvent;
  readonly keys: Set<string>;
}

/** The streams of a group that wait, as the store has them. */
export class ParkedStreams {
  readonly #byProjection = new Map<string, Map<string, Entry>>();
  /** How many parked streams would change a row, by projection and key. */
  readonly #rows = new Map<string, Map<string, number>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  waits(projection: string, stream: string): boolean {
    return this.#byProjection.get(projection)?.has(stream) ?? false;
  }

  /** The event that a stream waits from; of its keys only those that it came with. */
  waitingFrom(projection: string, stream: string): ParkedEvent | undefined {
    return this.#byProjection.get(projection)?.get(stream)?.event;
  }

  marks(projection: string, stream: string, key: string): boolean {
    return this.#byProjection.get(projection)?.get(stream)?.keys.has(key) ?? false;
  }

  isParked(projection: string, about: ParkedQuestion): boolean {
    if ('stream' in about) return this.waits(projection, about.stream);
    return this.#rows.get(projection)?.has(about.key) ?? false;
  }

  /** In order of position, then of projection. */
  all(): readonly ParkedEvent[] {
    return [...this.#byProjection.values()]
      .flatMap((streams) => [...streams.values()])
      .map(({ event, keys }) => ({ ...event, keys: [...keys] }))
      .sort(byPlace);
  }

  /** Puts a stream in or, where it waits already, adds keys to it; it waits from the earliest event. */
  add(parked: ParkedEvent): void {
    const streams = slot(this.#byProjection, parked.projection);
    const known = streams.get(parked.stream);
    const event = known === undefined || parked.revision < known.event.revision ? parked : known.event;
    const entry = { event, keys: known?.keys ?? new Set<string>() };
    if (known === undefined) this.#size += 1;
    streams.set(parked.stream, entry);
    const rows = slot(this.#rows, parked.projection);
    for (const key of parked.keys) {
      if (!entry.keys.has(key)) rows.set(key, (rows.get(key) ?? 0) + 1);
      entry.keys.add(key);
    }
  }

  remove({ projection, stream }: ParkedStream): void {
    const entry = this.#byProjection.get(projection)?.get(stream);
    if (entry === undefined) return;
    this.#byProjection.get(projection)?.delete(stream);
    this.#size -= 1;
    const rows = slot(this.#rows, projection);
    for (const key of entry.keys) {
      const left = (rows.get(key) ?? 1) - 1;
      if (left === 0) rows.delete(key);
      else rows.set(key, left);
    }
  }

  replaceAll(parked: readonly ParkedEvent[]): void {
    this.#byProjection.clear();
    this.#rows.clear();
    this.#size = 0;
    for (const each of parked) this.add(each);
  }
}

function byPlace(a: ParkedEvent, b: ParkedEvent): number {
  if (a.position === b.position) return a.projection < b.projection ? -1 : 1;
  return a.position < b.position ? -1 : 1;
}

function slot<Value>(maps: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  const known = maps.get(name) ?? new Map<string, Value>();
  maps.set(name, known);
  return known;
}
