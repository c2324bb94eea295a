import type { JsonObject, NewEvent, StoredEvent } from '../../src/event-store.port.ts';
import { printPosition } from './place.ts';

/** Where events of one append came to lie: of the last of them. */
export interface Appended {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly place: number;
  readonly revision: number;
  readonly recordedAt: number;
}

/**
 * Beyond this the older half is let go: who is further behind reads the file. What is kept lasts longer than events of a
 * flood gather before they are written to rows.
 */
const most = 4_096;

/**
 * The end of the log as far as this process wrote it: followers get what was just committed as it was given to the
 * writer, without reading, checking and parsing it again. Events never change, so it is what would be read.
 */
export class RecentEvents {
  readonly #logId: string;
  /** The place before the first one; they follow each other without a gap. */
  #from = 0;
  #events: StoredEvent[] = [];

  constructor(logId: string) {
    this.#logId = logId;
  }

  /** Place of the last one. */
  get end(): number {
    return this.#from + this.#events.length;
  }

  /** In the order of places. Where others have written in between what is remembered begins anew. */
  add({ stream, events, place, revision, recordedAt }: Appended): void {
    const before = place - events.length;
    const plain = events.every(isPlain);
    if (before !== this.end || !plain) {
      this.#events = [];
      this.#from = plain ? before : place;
    }
    if (!plain) return;
    events.forEach(({ id, type, schema, data, metadata }, index) => {
      const position = printPosition(this.#logId, before + index + 1);
      const at = { stream, revision: revision - events.length + index + 1, position, recordedAt };
      this.#events.push({ id, type, schema, data, metadata, ...at });
    });
    if (this.#events.length <= most) return;
    const dropped = this.#events.length - most / 2;
    this.#events = this.#events.slice(dropped);
    this.#from += dropped;
  }

  forget(): void {
    this.#from = this.end;
    this.#events = [];
  }

  /** Up to `limit` events after `place`; undefined where the first of them is not at hand. */
  after(place: number, limit: number): readonly StoredEvent[] | undefined {
    const from = place - this.#from;
    if (from < 0 || from >= this.#events.length) return undefined;
    return this.#events.slice(from, from + limit);
  }
}

/** Whether JSON gives it back just as it is. */
function isPlain({ data, metadata }: NewEvent): boolean {
  return isPlainObject(data) && isPlainObject(metadata as unknown as JsonObject);
}

function isPlainObject(value: JsonObject): boolean {
  for (const name in value) if (!isPlainValue(value[name])) return false;
  return true;
}

function isPlainValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isPlainValue);
      return Object.getPrototypeOf(value) === Object.prototype && isPlainObject(value as JsonObject);
    }
    default:
      return false;
  }
}
