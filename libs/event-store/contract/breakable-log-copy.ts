import { EventStoreFault, type LogChanged, type Position, type StoredEvent } from '../src/event-store.port.ts';
import { type CopyOrigin, type FinishedCopy, type LogCopy, originOf } from '../src/log-copy.port.ts';
import { BreakableLog } from './breakable-event-store.ts';
import type { CopyPlace } from './log-copy-case.ts';

/** One promise broken, to show that the suite notices. */
export type LogCopyFlaw =
  | 'times are those of the copying'
  | 'the copy keeps the id of its source'
  | 'the order is by stream'
  | 'origins are forgotten'
  | 'the origin of a copy of a copy is the copy'
  | 'half a copy is served'
  | 'the next run begins anew'
  | 'the next run drops what it finds'
  | 'gaps are taken'
  | 'late beginnings are refused'
  | 'a copy of another log is gone on with'
  | 'a finished copy takes more'
  | 'a finished copy is forgotten'
  | 'a log that is there is copied into';

/** A place in memory; with a flaw, what is copied there breaks that promise. */
export class BreakableCopyPlace implements CopyPlace {
  readonly flaw: LogCopyFlaw | undefined;
  readonly log = new BreakableLog();
  source: string | undefined;
  finished: FinishedCopy | undefined;

  constructor(flaw?: LogCopyFlaw) {
    this.flaw = flaw;
  }

  async open(source: CopyOrigin): Promise<LogCopy> {
    const isForeign = this.source !== undefined && this.source !== source.logId;
    if (isForeign && this.flaw !== 'a copy of another log is gone on with') throw misuse('a copy of another log');
    const isLog = this.source === undefined && this.log.events.length > 0;
    if (isLog && this.flaw !== 'a log that is there is copied into') throw misuse('a log is there');
    this.source = source.logId;
    if (this.flaw === 'the copy keeps the id of its source') this.log.logId = source.logId;
    if (this.flaw === 'the next run drops what it finds' && this.finished === undefined) this.log.events.length = 0;
    if (this.flaw === 'a finished copy is forgotten') this.finished = undefined;
    return new BreakableLogCopy(this);
  }

  async openLog() {
    if (this.source !== undefined && this.finished === undefined && this.flaw !== 'half a copy is served')
      throw new EventStoreFault('unavailable', 'the copy is not finished');
    return this.log.connect();
  }

  destroy(): Promise<void> {
    return this.log.destroy();
  }
}

class BreakableLogCopy implements LogCopy {
  readonly logId: string;
  readonly #place: BreakableCopyPlace;
  /** Where this run began. */
  readonly #start: number;

  constructor(place: BreakableCopyPlace) {
    this.#place = place;
    this.logId = place.log.logId;
    this.#start = place.flaw === 'the next run begins anew' ? place.log.events.length : 0;
  }

  get finished(): FinishedCopy | undefined {
    return this.#place.finished;
  }

  async readAll(after: Position | undefined, limit: number): Promise<readonly StoredEvent[] | LogChanged> {
    const events = this.#place.log.events.slice(this.#start);
    return events.filter(({ position }) => after === undefined || position > after).slice(0, limit);
  }

  async take(events: readonly StoredEvent[]): Promise<void> {
    const { log, flaw } = this.#place;
    if (this.finished !== undefined && flaw !== 'a finished copy takes more') throw misuse('it is finished');
    const ordered =
      flaw === 'the order is by stream' ? events.toSorted((a, b) => (a.stream < b.stream ? -1 : 1)) : events;
    const tolerant = flaw === 'gaps are taken' || flaw === 'the next run begins anew';
    for (const event of ordered) {
      const end = log.endOf(event.stream);
      const isLate = end === -1 && flaw !== 'late beginnings are refused';
      if (event.revision !== end + 1 && !isLate && !tolerant) throw misuse('it does not follow');
      const origin = flaw === 'the origin of a copy of a copy is the copy' ? event.position : originOf(event);
      const { origin: _, ...rest } = event;
      const stored = { ...rest, position: log.print(log.events.length + 1) };
      if (flaw === 'times are those of the copying') stored.recordedAt = Date.now();
      log.events.push(flaw === 'origins are forgotten' ? stored : { ...stored, origin });
      log.byId.set(event.id, stored);
    }
  }

  async finish(copied: FinishedCopy): Promise<void> {
    this.#place.finished = copied;
  }

  async close(): Promise<void> {}
}

function misuse(message: string): EventStoreFault {
  return new EventStoreFault('misuse', message);
}
