/** An event as a server of this protocol keeps it. */
export interface ScriptedEvent {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly revision: number;
  readonly position: bigint;
  /** In units of 100 ns. */
  readonly created: bigint;
}

export type ProposedEvent = Omit<ScriptedEvent, 'revision' | 'position' | 'created' | 'stream'>;

/** `any`, `no-stream`, or the revision at which the stream must end. */
export type ScriptedExpectation = 'any' | 'no-stream' | number;

/**
 * What a scripted server keeps, in memory. It knows no repeats unless told to, which is less than an EventStoreDB knows:
 * the adapter must not rely on any. Between events it puts some of its own.
 */
export class ScriptedLog {
  readonly events: ScriptedEvent[] = [];
  /** Answers the same ids at the same expected end as it did the first time, as an EventStoreDB does. */
  knowsRepeats = false;
  readonly #ends = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #position = 0n;
  #created = 0n;

  endOf(stream: string): number {
    return this.#ends.get(stream) ?? -1;
  }

  /** The last event, or where the stream ends instead of where it was expected to. */
  append(stream: string, events: readonly ProposedEvent[], expected: ScriptedExpectation): ScriptedEvent | number {
    const end = this.endOf(stream);
    const wanted = expected === 'any' ? end : expected === 'no-stream' ? -1 : expected;
    if (this.knowsRepeats) {
      const there = this.stream(stream).slice(wanted + 1, wanted + 1 + events.length);
      const isRepeat = there.length === events.length && there.every(({ id }, index) => id === events[index]?.id);
      if (isRepeat) return there.at(-1) ?? end;
    }
    if (wanted !== end) return end;
    for (const event of events) this.#keep(stream, event);
    if (this.events.length % 3 === 0) this.#keep('$stats-127.0.0.1:2113', ownEvent(this.events.length));
    for (const listener of [...this.#listeners]) listener();
    return this.events.findLast((event) => event.stream === stream) ?? end;
  }

  /** As the stream's metadata has it. */
  firstOf(stream: string): number {
    const set = this.events.findLast((event) => event.stream === `$$${stream}`);
    const { $tb: first = 0 } = set === undefined ? {} : JSON.parse(Buffer.from(set.data).toString('utf8'));
    return first;
  }

  stream(stream: string): readonly ScriptedEvent[] {
    return this.events.filter((event) => event.stream === stream);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As if another database had been put in its place. */
  wipe(): void {
    this.events.length = 0;
    this.#ends.clear();
    this.#position = 0n;
  }

  #keep(stream: string, event: ProposedEvent): void {
    const now = BigInt(Date.now()) * 10_000n;
    this.#created = now > this.#created ? now : this.#created;
    this.#position += BigInt(100 + event.data.length);
    const revision = this.endOf(stream) + 1;
    this.#ends.set(stream, revision);
    this.events.push({ ...event, stream, revision, position: this.#position, created: this.#created });
  }
}

function ownEvent(number: number): ProposedEvent {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const data = Buffer.from('{"proc-cpu":1}');
  return { id, type: '$statsCollected', contentType: 'application/json', data, metadata: new Uint8Array() };
}
