import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type CloudEvent, logOf } from '../cloud-event.ts';
import { CheckpointFailed, EventsExpired, EvidentError, HandlerFailed, LogChanged } from '../errors.ts';
import type { CheckpointStore, Place } from './checkpoint.ts';
import type { EventLog } from './event-log.ts';
import type { EventStream } from './event-stream.ts';
import { type From, isPosition, readFrom } from './from.ts';
import { type HandlingOptions, handleEvent, tellOf } from './handle-event.ts';
import { nextSource } from './next-source.ts';
import { repeatUntilDone } from './repeat-until-done.ts';
import { StreamOrder } from './stream-order.ts';
import type { WantedTypes } from './wanted-types.ts';

export interface Handling {
  /** Where the subscription stands once this event is handled: keep it with the effects to have them once. */
  readonly place: Place;
}

export interface SubscribeOptions extends HandlingOptions {
  /** Of NATS. Without it, `GET /events` is asked once a second. */
  readonly servers?: string | readonly string[];
  /** Content of a `.creds` file, or options of the NATS driver. */
  readonly natsCredential?: ConstructorParameters<typeof EventStream>[0]['natsCredential'];
  /** Of Evident, with `token`: from there comes what JetStream has let go of. */
  readonly url?: string;
  /** With the scope `read:evident/events`; a function where it has to be renewed. */
  readonly token?: string | (() => string | Promise<string>);
  /** Names the subscription; its place is kept under it. */
  readonly durable: string;
  /** Where to begin the very first time; default `new`. */
  readonly from?: From;
  /** Patterns; default `user.*`, `app.*`, `role.*`, `workspace.*`. */
  readonly types?: readonly string[];
  readonly tenant?: string;
  /** Default: the file `.evident/<durable>.json` of the working directory. */
  readonly checkpoint?: CheckpointStore;
  /** Called for one event at a time, in order of position. An event may come again after a crash. */
  handle(event: CloudEvent, handling: Handling): unknown;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Subscription {
  /** Of the last event that was handled. */
  position(): string | undefined;
  /**
   * Resolves when it was stopped; rejects with `HandlerFailed`, `LogChanged`, `EventsExpired`, a refusal by Evident, or
   * with `CheckpointFailed` where it was stopped and its last place could not be kept.
   */
  readonly closed: Promise<void>;
  /** Finishes the event at hand and saves the place. Idempotent. */
  stop(): Promise<void>;
}

export interface Sources {
  readonly log: EventLog | undefined;
  readonly stream: EventStream | undefined;
  readonly types: WantedTypes;
  readonly checkpoint: CheckpointStore;
}

const pollMs = 1_000;
const longestPauseMs = 5_000;
/** The place is saved so often at most, and when the subscription is idle or stops. */
const saveEveryMs = 200;

/** One subscription at work: joins the two sources so that each event is handled in order and none is missed. */
export class Following implements Subscription {
  readonly closed: Promise<void>;
  readonly #options: SubscribeOptions;
  readonly #sources: Sources;
  readonly #stopping = new AbortController();
  readonly #from: string;
  readonly #since: string | undefined;
  readonly #order = new StreamOrder();
  readonly #begun = new Date().toISOString();
  #place: Place | undefined;
  #savedAt = 0;
  #unsaved = false;
  #saving: NodeJS.Timeout | undefined;
  #saves: Promise<void> = Promise.resolve();
  #isWithoutStream = false;

  constructor(options: SubscribeOptions, sources: Sources) {
    this.#options = options;
    this.#sources = sources;
    const from = readFrom(options.from ?? 'new');
    this.#from = from;
    this.#since = from === 'new' || from === 'start' || isPosition(from) ? undefined : from;
    this.closed = this.#run();
    // Who never looks at it must not be killed by it.
    this.closed.catch(() => undefined);
  }

  position(): string | undefined {
    return this.#place?.position;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.closed.catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      // Why it ended comes first; a place that could not be kept is an event that comes again.
      await this.#end().catch(() => undefined);
      throw error;
    }
    await this.#end();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    const from = this.#from;
    this.#place = (await this.#kept()) ?? (isPosition(from) ? { position: from } : undefined);
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (await this.#readOn()) failures = 0;
      } catch (error) {
        failures += 1;
        // Of what became of an event, whoever handles it was told.
        if (!signal.aborted && !(error instanceof HandlerFailed)) this.#tell(error, failures);
        if (isFinal(error)) throw error;
        const pauseMs = Math.min(longestPauseMs, 100 * 2 ** Math.min(failures - 1, 10));
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Where it stood when it ended last. Tried for as long as that fails: to begin elsewhere would skip events, or repeat them. */
  async #kept(): Promise<Place | undefined> {
    let kept: Place | undefined;
    const load = async () => {
      kept = await this.#sources.checkpoint.load();
    };
    const failed = (error: unknown, attempt: number) => this.#tell(new CheckpointFailed(undefined, error), attempt);
    await repeatUntilDone(load, failed, this.#options, this.#stopping.signal);
    return kept;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#saving);
    // Where it ended by itself, a place that is still being tried would hold it up for as long as that fails.
    this.#stopping.abort();
    try {
      await this.#saves;
      await this.#keep();
    } finally {
      await this.#sources.stream?.close();
    }
  }

  /** Reads from one source until it has nothing more to say; tells whether it moved on. */
  async #readOn(): Promise<boolean> {
    const { log, stream } = this.#sources;
    const { signal } = this.#stopping;
    // Looked at before the log is read to its end: what is in the stream by now is in the log too.
    const state = await this.#stateOfStream();
    const known = {
      place: this.#place,
      from: this.#from,
      stream: state,
      begun: this.#begun,
      hasLog: log !== undefined,
    };
    const next = nextSource(known);
    if (next.source === 'now') {
      this.#place = next.place;
      if (next.place.position !== undefined) this.#order.came(next.place.position, undefined);
      this.#unsaved = true;
      await this.#save();
      return true;
    }
    if (next.source === 'log') {
      const moved = await this.#readLog(next.after);
      // Stopped on the way: between its place and what the stream holds by now there may be events of which nobody knows.
      if (signal.aborted) return moved;
      if (state !== undefined && this.#place?.position !== undefined) {
        this.#place = { ...this.#place, stream: { created: state.created, sequence: state.lastSequence } };
        return true;
      }
      // Nothing tells of new events but the log itself.
      if (!moved) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
      return moved;
    }
    if (stream === undefined || state === undefined) return false;
    let moved = false;
    for await (const { event, sequence } of stream.read(next.start, signal)) {
      await this.#take(event, { created: state.created, sequence });
      moved = true;
      if (signal.aborted) return true;
    }
    return moved;
  }

  /** Undefined also where NATS is away and the log can be read meanwhile. */
  async #stateOfStream() {
    const { log, stream } = this.#sources;
    try {
      const state = await stream?.state();
      this.#isWithoutStream = false;
      return state;
    } catch (error) {
      if (log === undefined) throw error;
      // Looked at each second: once is enough, until it was there again.
      if (!this.#isWithoutStream) this.#tell(error, 1);
      this.#isWithoutStream = true;
      return undefined;
    }
  }

  /** Up to the end of the log. */
  async #readLog(from: string | undefined): Promise<boolean> {
    const { log } = this.#sources;
    const { signal } = this.#stopping;
    let after = from;
    let moved = false;
    while (log !== undefined && !signal.aborted) {
      const page = await log.after(after, signal);
      for (const event of page.events) {
        await this.#take(event, undefined);
        moved = true;
        if (signal.aborted) return moved;
      }
      after = page.next ?? after;
      if (after !== undefined && isPosition(after)) this.#passed({ position: after });
      if (page.caughtUp) return moved;
    }
    return moved;
  }

  async #take(event: CloudEvent, stream: Place['stream']): Promise<void> {
    const { handle } = this.#options;
    const last = this.#place?.position;
    if (last !== undefined && logOf(last) !== logOf(event.position)) throw new LogChanged(last);
    if (last !== undefined && event.position <= last && !this.#order.jumpedOver(event.position)) {
      return this.#passed({ position: last, stream });
    }
    const place = { position: event.position, stream };
    const tooOld = this.#since !== undefined && event.time < this.#since;
    if (!tooOld && this.#sources.types.matches(event.type)) {
      const whole = await this.#whole(event);
      const work = () => handle(whole, { place });
      if (!(await handleEvent(event, work, this.#options, this.#stopping.signal))) return;
    }
    if (stream === undefined) this.#order.left();
    else this.#order.came(event.position, last);
    this.#passed(place);
    if (Date.now() - this.#savedAt >= saveEveryMs) await this.#save();
  }

  /** One that was too large for the broker was sent without its data. */
  async #whole(event: CloudEvent): Promise<CloudEvent> {
    const { log } = this.#sources;
    if (event.unreadable !== 'too-large' || log === undefined) return event;
    for (let after = this.#place?.position; ; ) {
      const page = await log.after(after, this.#stopping.signal);
      const found = page.events.find(({ id }) => id === event.id);
      if (found !== undefined || page.caughtUp) return found ?? event;
      after = page.next ?? after;
    }
  }

  #passed(place: Place): void {
    const stream = place.stream ?? this.#place?.stream;
    const passed = { position: place.position, stream };
    // An end of the log that was seen before is nothing to keep.
    if (isDeepStrictEqual(passed, { position: this.#place?.position, stream: this.#place?.stream })) return;
    this.#place = passed;
    this.#unsaved = true;
    this.#saving ??= setTimeout(() => {
      this.#saving = undefined;
      void this.#save();
    }, saveEveryMs);
  }

  /**
   * Resolves when the place is kept, or the subscription is stopped first: no event is handled before, for each would come
   * again. One at a time: two might write into each other, or an older place come to lie over a newer one.
   */
  #save(): Promise<void> {
    const failed = (error: unknown, attempt: number) => this.#tell(error, attempt);
    const kept = () => repeatUntilDone(() => this.#keep(), failed, this.#options, this.#stopping.signal);
    this.#saves = this.#saves.then(async () => void (await kept()));
    return this.#saves;
  }

  /** Of a failure that no event had: never silence, also where nobody asked to be told. */
  #tell(error: unknown, attempt: number): void {
    if (this.#options.onError !== undefined) tellOf(error, { event: undefined, attempt }, this.#options);
    else if (attempt === 1) process.emitWarning(error instanceof Error ? error : String(error));
  }

  async #keep(): Promise<void> {
    const place = this.#place;
    if (place === undefined || !this.#unsaved) return;
    this.#unsaved = false;
    try {
      await this.#sources.checkpoint.save(place);
      this.#savedAt = Date.now();
    } catch (error) {
      this.#unsaved = true;
      throw new CheckpointFailed(place, error);
    }
  }
}

/** What going on would not mend. */
function isFinal(error: unknown): boolean {
  if (error instanceof HandlerFailed || error instanceof LogChanged || error instanceof EventsExpired) return true;
  return error instanceof EvidentError && error.status !== undefined && error.status < 500 && error.status !== 429;
}
