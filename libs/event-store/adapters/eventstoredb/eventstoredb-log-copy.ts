import {
  EventStoreFault,
  type LogChanged,
  maxAppendBytes,
  type Position,
  type StoredEvent,
} from '../../src/event-store.port.ts';
import { type CopyOrigin, type FinishedCopy, type LogCopy, originOf } from '../../src/log-copy.port.ts';
import { newLogId } from '../../src/log-id.ts';
import { Appender } from './appender.ts';
import { EsdbConnection } from './esdb-connection.ts';
import { EsdbReader } from './esdb-reader.ts';
import { KnownStreams } from './known-streams.ts';
import { makeIdentity, readIdentity, writeIdentity } from './log-identity.ts';
import { placeIn } from './place.ts';
import { eventData } from './recorded-event.ts';

export interface EventStoreDbLogCopyOptions {
  readonly url: string;
  readonly source: CopyOrigin;
  /** Milliseconds that one call to the server may take; 10,000 unless given. */
  readonly timeoutMs?: number;
}

/**
 * Opens the copy of a log in an EventStoreDB that holds nothing else. Events are appended one after the other, several
 * at once only where they follow each other in one stream, for the order of all of them is what is copied.
 */
export async function openEventStoreDbLogCopy(options: EventStoreDbLogCopyOptions): Promise<LogCopy> {
  const { url, source, timeoutMs = 10_000 } = options;
  const connection = new EsdbConnection(url, timeoutMs);
  try {
    const { logId, copy } = (await readIdentity(connection)) ?? (await beginCopy(connection, source));
    if (copy === undefined) throw new EventStoreFault('misuse', 'this EventStoreDB holds a log already');
    if (copy.source !== source.logId) {
      const message = `this EventStoreDB holds a copy of log ${copy.source}, not of ${source.logId}`;
      throw new EventStoreFault('misuse', message);
    }
    const finished = copy.events === undefined ? undefined : { events: copy.events };
    return new EventStoreDbLogCopy(connection, { logId, source, finished, timeoutMs });
  } catch (error) {
    await connection.dispose();
    throw error;
  }
}

/** Somebody's events in front of ours would be in the order that is copied. */
async function beginCopy(connection: EsdbConnection, source: CopyOrigin) {
  const foreign = await new EsdbReader(connection, 'none').anyStream();
  if (foreign !== undefined) {
    const message = `this EventStoreDB holds events already, in ${foreign} for one: give Evident one of its own`;
    throw new EventStoreFault('misuse', message);
  }
  return makeIdentity(connection, { logId: newLogId(), copy: { source: source.logId } });
}

interface CopySettings {
  readonly logId: string;
  readonly source: CopyOrigin;
  readonly finished: FinishedCopy | undefined;
  readonly timeoutMs: number;
}

class EventStoreDbLogCopy implements LogCopy {
  readonly logId: string;
  readonly #connection: EsdbConnection;
  readonly #source: CopyOrigin;
  readonly #reader: EsdbReader;
  readonly #appender: Appender;
  #finished: FinishedCopy | undefined;

  constructor(connection: EsdbConnection, { logId, source, finished, timeoutMs }: CopySettings) {
    this.logId = logId;
    this.#connection = connection;
    this.#source = source;
    this.#finished = finished;
    this.#reader = new EsdbReader(connection, logId);
    const bounds = { attemptMs: timeoutMs, totalMs: 3 * timeoutMs };
    this.#appender = new Appender(connection, this.#reader, new KnownStreams(), bounds);
  }

  get finished(): FinishedCopy | undefined {
    return this.#finished;
  }

  async readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    const place = after === undefined ? undefined : placeIn(this.logId, after);
    if (after !== undefined && place === undefined) return { outcome: 'log-changed', logId: this.logId };
    return this.#reader.after(place, limit);
  }

  async take(events: readonly StoredEvent[]): Promise<void> {
    if (this.#finished !== undefined) throw new EventStoreFault('misuse', 'a finished copy takes no more events');
    for (const run of runsOf(events)) await this.#append(run);
  }

  async finish(copied: FinishedCopy): Promise<void> {
    if (this.#finished !== undefined) return;
    await writeIdentity(this.#connection, {
      logId: this.logId,
      copy: { source: this.#source.logId, events: copied.events },
    });
    this.#finished = copied;
  }

  close(): Promise<void> {
    return this.#connection.dispose();
  }

  /** An append that an earlier run sent and did not hear of is found by its ids. */
  async #append([first, ...rest]: Run): Promise<void> {
    const { stream, revision, position } = first;
    const outcome = await this.#appender.append({
      stream,
      events: [first, ...rest].map((event) =>
        eventData(event, { recordedAt: event.recordedAt, origin: originOf(event) }),
      ),
      expected: revision === 0 ? 'no-stream' : { revision: revision - 1 },
    });
    if (outcome.outcome === 'appended' && outcome.revision === revision + rest.length) return;
    const end = outcome.outcome === 'conflict' ? outcome.actual : outcome.revision;
    if (end === -1) throw beginsLate(first);
    const message = `at ${position} stands revision ${revision} of ${stream}, which ends at ${end} in the copy`;
    throw new EventStoreFault('misuse', message);
  }
}

/** What was let go would have to be written again, as something that it was not. */
function beginsLate({ stream, revision }: StoredEvent): EventStoreFault {
  const message = `${stream} begins with revision ${revision}, since what came before was let go: an EventStoreDB begins every stream with revision 0`;
  return new EventStoreFault('misuse', `${message}, so this log can only be copied to a file`);
}

type Run = readonly [StoredEvent, ...StoredEvent[]];

/** Room for what is kept beside each event. */
const mostBytes = maxAppendBytes / 2;

/** Events that follow each other in one stream go together, as far as one append may. */
function* runsOf(events: readonly StoredEvent[]): Generator<Run> {
  let run: [StoredEvent, ...StoredEvent[]] | undefined;
  let bytes = 0;
  for (const event of events) {
    const size = JSON.stringify([event.data, event.metadata]).length;
    const last = run?.at(-1);
    if (
      run !== undefined &&
      last?.stream === event.stream &&
      last.revision + 1 === event.revision &&
      bytes + size < mostBytes
    ) {
      run.push(event);
      bytes += size;
      continue;
    }
    if (run !== undefined) yield run;
    run = [event];
    bytes = size;
  }
  if (run !== undefined) yield run;
}
