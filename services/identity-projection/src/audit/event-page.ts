import type { CloudEvent } from '@evident/contracts';
import { ownTurn, type StoredEvent } from '@evident/event-store';
import { toCloudEvents } from '@evident/evidence';
import { mostBytes } from '../reading/fit-message.ts';
import type { Asker, Auditing } from './auditing.ts';

/** Events that are opened in a turn of the event loop: enough to fetch their keys in one call, few enough to stop in time. */
const chunkSize = 64;

/** Events for one answer, as they are added: bounded in number, and in bytes by what one message holds. */
export class EventPage {
  readonly events: CloudEvent[] = [];
  readonly #auditing: Pick<Auditing, 'log'>;
  readonly #asker: Pick<Asker, 'reader'>;
  readonly #limit: number;
  #bytes = 0;

  constructor(auditing: Pick<Auditing, 'log'>, asker: Pick<Asker, 'reader'>, limit: number) {
    this.#auditing = auditing;
    this.#asker = asker;
    this.#limit = limit;
  }

  /** Adds as many as there is room for, at least one to an empty page; how many. */
  async add(stored: readonly StoredEvent[]): Promise<number> {
    let added = 0;
    for (let start = 0; start < stored.length; start += chunkSize) {
      await ownTurn();
      const chunk = stored.slice(start, start + Math.min(chunkSize, this.#limit - this.events.length));
      for (const event of await toCloudEvents(this.#auditing.log, this.#asker.reader, chunk)) {
        this.#bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
        if (this.events.length > 0 && this.#bytes > mostBytes) return added;
        this.events.push(event);
        added++;
      }
      if (this.events.length === this.#limit) return added;
    }
    return added;
  }
}
