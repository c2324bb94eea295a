import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventDigest } from './event-digest.ts';
import { type EventStore, EventStoreFault, type Position, type StoredEvent } from './event-store.port.ts';
import { type LogCopy, originOf } from './log-copy.port.ts';

/** The reading side of a log that is copied. */
export type CopiedLog = Pick<EventStore, 'logId' | 'readAll'>;

export interface LogCopierOptions {
  readonly target: LogCopy;
  /** Events that are held at once; 1,000 unless given. */
  readonly page?: number;
  /** `checked`: events of the copy that were read back and are those of the source. `copied`: taken in this run. */
  readonly report?: (step: 'checked' | 'copied', events: number) => void;
}

/** As far as both logs were held against each other. */
export interface CheckedCopy {
  readonly events: number;
  /** SHA-256 over the digests of all these events in their order, the same of both logs; 64 hex digits. */
  readonly digest: string;
}

/**
 * Copies a log and reads every event back. What a copy already has is first held against the source, event by event:
 * so going on after a crash skips nothing and doubles nothing, whatever the crash left, and a log that is no copy of
 * this one is found out before anything is written to it. It remembers how far it is, so that the last call, for which
 * everybody waits, only has what was written since the call before. Memory is that of two pages.
 */
export class LogCopier {
  readonly #target: LogCopy;
  readonly #page: number;
  readonly #report: NonNullable<LogCopierOptions['report']>;
  readonly #digests: Hash = createHash('sha256');
  /** The last event of each log that was held against the other. */
  #source: Position | undefined;
  #copy: Position | undefined;
  #checked = 0;
  /** Taken into the copy and not read back yet. */
  #unread = 0;
  /** Events that were taken into the copy by this copier. */
  copied = 0;

  constructor({ target, page = 1_000, report = () => undefined }: LogCopierOptions) {
    this.#target = target;
    this.#page = page;
    this.#report = report;
  }

  get checked(): CheckedCopy {
    return { events: this.#checked, digest: this.#digests.copy().digest('hex') };
  }

  /** Copies what the source has by now, and reads it back. Again with whatever came since: the source may be written. */
  async catchUp(source: CopiedLog): Promise<CheckedCopy> {
    await this.check(source);
    let after = this.#source;
    for (;;) {
      const events = await pageOf(source, after, this.#page);
      const last = events.at(-1);
      if (last === undefined) break;
      mustGoUp(after, events);
      await this.#target.take(events);
      after = last.position;
      this.copied += events.length;
      this.#unread += events.length;
      this.#report('copied', this.#checked + this.#unread);
      if (events.length < this.#page) break;
    }
    return this.check(source);
  }

  /** Holds what the copy has and was not looked at yet against the source. Throws `misuse` at the first difference. */
  async check(source: CopiedLog): Promise<CheckedCopy> {
    for (;;) {
      const copies = await pageOf(this.#target, this.#copy, this.#page);
      if (copies.length === 0) break;
      mustGoUp(this.#copy, copies);
      const events = await pageOf(source, this.#source, copies.length);
      mustGoUp(this.#source, events);
      for (const [index, copy] of copies.entries()) this.#compare(events[index], copy);
      this.#source = events.at(-1)?.position ?? this.#source;
      this.#copy = copies.at(-1)?.position;
      this.#report('checked', this.#checked);
    }
    this.#unread = 0;
    return this.checked;
  }

  #compare(event: StoredEvent | undefined, copy: StoredEvent): void {
    const digest = eventDigest(copy);
    if (event === undefined) throw this.#differs(copy, 'is not in the source, which ends before it');
    if (eventDigest(event) !== digest) throw this.#differs(copy, `is not the one at ${event.position} of the source`);
    if (copy.origin !== originOf(event)) throw this.#differs(copy, `does not say that it stood at ${originOf(event)}`);
    this.#digests.update(digest);
    this.#checked += 1;
  }

  #differs(copy: StoredEvent, how: string): EventStoreFault {
    return new EventStoreFault('misuse', `event ${this.#checked + 1} of the copy, at ${copy.position}, ${how}`);
  }
}

async function pageOf(log: CopiedLog, after: Position | undefined, limit: number): Promise<readonly StoredEvent[]> {
  // Two files are copied without a wait of their own, and a signal is heard between turns of the event loop only.
  await nextTurn();
  const events = await log.readAll(after, limit);
  if ('outcome' in events)
    throw new EventStoreFault('log-changed', `log ${log.logId} was replaced while it was copied`);
  return events;
}

/** The order is what is copied: a log that gives an event twice, or back, is not one that can be. */
function mustGoUp(after: Position | undefined, events: readonly StoredEvent[]): void {
  let last = after;
  for (const { position } of events) {
    if (last !== undefined && position <= last)
      throw new EventStoreFault('damaged', `position ${position} is given after ${last}`);
    last = position;
  }
}
