import type { DomainEvent } from '@evident/domain';
import { type CommandMetadata, type Expected, eventId } from '@evident/event-store';
import type { Log } from '@evident/log';

/** Events of one command on one stream, as a decider accepted them. */
export interface Decided {
  readonly stream: string;
  readonly step: string;
  readonly events: readonly DomainEvent[];
  readonly expected: Expected;
  readonly metadata: CommandMetadata;
  /** Whose key seals what is personal; the id of the stream where left out. */
  readonly person?: string;
  /** Of the only event, where it is not named after the command. */
  readonly id?: string;
}

/** Appends of the past still in flight at most: one batch is written while the next is encoded. */
const ahead = 1;

/**
 * Appends what was decided, in the order in which it came, through the codec and the port that every service writes
 * through. What goes together shares a commit; where one is refused, the history is wrong and nothing goes on.
 */
export class BulkAppend {
  readonly #log: Pick<Log, 'store' | 'codec'>;
  #batches: Promise<unknown>[] = [];
  events = 0;

  constructor(log: Pick<Log, 'store' | 'codec'>) {
    this.#log = log;
  }

  async append(batch: readonly Decided[]): Promise<void> {
    const { store, codec } = this.#log;
    const encoded = await Promise.all(
      batch.map(({ stream, step, events, metadata, person, id }) => {
        const named = events.map((event, index) => ({
          ...event,
          id: id ?? eventId(metadata.commandId, stream, step, index),
        }));
        return codec.encode(named, { stream, metadata, ...(person === undefined ? {} : { person }) });
      }),
    );
    while (this.#batches.length > ahead) await this.#batches.shift();
    const appended = batch.map(async ({ stream, expected }, index) => {
      const events = encoded[index] ?? [];
      this.events += events.length;
      const outcome = await store.append(stream, events, expected);
      if (outcome.outcome !== 'appended' || outcome.repeated) throw new Error(`${stream} was not appended to`);
    });
    const written = Promise.all(appended);
    // Heard of when it is awaited; until then it must not count as unhandled.
    written.catch(() => undefined);
    this.#batches.push(written);
  }

  /** Resolves when all of it is durable. */
  async settled(): Promise<void> {
    await Promise.all(this.#batches);
    this.#batches = [];
  }
}
