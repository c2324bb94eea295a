import {
  type AppendOutcome,
  type EventStore,
  EventStoreFault,
  type FollowOptions,
  type LogChanged,
  type NewEvent,
  type Position,
  type StoredEvent,
} from '@evident/event-store';

/**
 * A log in memory, for specs of what follows one. It keeps the port's order and positions, nothing durable; `fault`
 * makes reads fail as a store does that is away.
 */
export class MemoryLog implements EventStore {
  readonly logId: string;
  readonly #events: StoredEvent[] = [];
  #wake = Promise.withResolvers<void>();
  /** Thrown by every read while set. */
  fault: EventStoreFault | undefined;

  constructor(logId: string = crypto.randomUUID()) {
    this.logId = logId;
  }

  async append(stream: string, events: readonly NewEvent[]): Promise<AppendOutcome> {
    const first = this.#events.filter((each) => each.stream === stream).length;
    events.forEach((event, place) => {
      const position = this.#position(this.#events.length + 1);
      this.#events.push({ ...event, stream, revision: first + place, position, recordedAt: Date.now() });
    });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
    const last = this.#events.at(-1);
    if (last === undefined) throw new EventStoreFault('misuse', 'nothing to append');
    return {
      outcome: 'appended',
      position: last.position,
      revision: last.revision,
      recordedAt: last.recordedAt,
      repeated: false,
    };
  }

  async readStream(stream: string, options: { readonly from?: number } = {}): Promise<readonly StoredEvent[]> {
    this.#check();
    return this.#events.filter((event) => event.stream === stream && event.revision >= (options.from ?? 0));
  }

  async readStreamEnd(stream: string, count: number): Promise<readonly StoredEvent[]> {
    return (await this.readStream(stream)).slice(-count);
  }

  async truncateStream(): Promise<number> {
    throw new EventStoreFault('misuse', 'a log for followers lets nothing go');
  }

  async readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#check();
    if (after !== undefined && !this.#isOurs(after)) return { outcome: 'log-changed', logId: this.logId };
    const start = after === undefined ? 0 : this.#events.findIndex(({ position }) => position > after);
    return start < 0 ? [] : this.#events.slice(start, start + limit);
  }

  async readAllBackwards(before: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    this.#check();
    if (before !== undefined && !this.#isOurs(before)) return { outcome: 'log-changed', logId: this.logId };
    const earlier = this.#events.filter(({ position }) => before === undefined || position < before);
    return earlier.slice(-limit).reverse();
  }

  async *follow(after: Position | undefined, options: FollowOptions): AsyncIterable<readonly StoredEvent[]> {
    const aborted = new Promise<void>((resolve) =>
      options.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    let at = after;
    while (!options.signal.aborted) {
      const woken = this.#wake.promise;
      const batch = await this.readAll(at, options.batchSize ?? 500);
      if ('outcome' in batch) throw new EventStoreFault('log-changed', `the log is ${batch.logId} now`);
      const last = batch.at(-1);
      if (last === undefined) await Promise.race([woken, aborted]);
      else yield batch;
      at = last?.position ?? at;
    }
  }

  async lastPosition(): Promise<Position | undefined> {
    this.#check();
    return this.#events.at(-1)?.position;
  }

  compare(a: Position, b: Position): number | LogChanged {
    if (!this.#isOurs(a) || !this.#isOurs(b)) return { outcome: 'log-changed', logId: this.logId };
    return a < b ? -1 : Number(a > b);
  }

  parsePosition(text: string): Position | undefined {
    return text.includes('~') ? (text as Position) : undefined;
  }

  async close(): Promise<void> {}

  #position(place: number): Position {
    return `${this.logId}~${String(place).padStart(12, '0')}` as Position;
  }

  #isOurs(position: Position): boolean {
    return position.startsWith(`${this.logId}~`);
  }

  #check(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}
