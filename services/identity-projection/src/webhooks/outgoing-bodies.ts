import type { StoredEvent } from '@evident/event-store';
import type { EvidenceLog } from '@evident/evidence';
import { outgoingEvents } from '../feed/feed-messages.ts';

/** What many webhooks want at once is made once; later it is made anew, since somebody may have been erased meanwhile. */
const kept = { bodies: 64, ms: 1_000 };

/** Events as they are posted: the same body for whoever gets it. */
export class OutgoingBodies {
  readonly #log: EvidenceLog;
  readonly #made = new Map<string, Promise<string>>();

  constructor(log: EvidenceLog) {
    this.#log = log;
  }

  of(event: StoredEvent): Promise<string> {
    const known = this.#made.get(event.id);
    if (known !== undefined) return known;
    const made = this.#make(event);
    this.#made.set(event.id, made);
    const forget = () => this.#made.get(event.id) === made && this.#made.delete(event.id);
    setTimeout(forget, kept.ms).unref();
    // A key store that was away is asked again.
    made.catch(forget);
    const [oldest] = this.#made.keys();
    if (this.#made.size > kept.bodies && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }

  async #make(event: StoredEvent): Promise<string> {
    const [outgoing] = await outgoingEvents(this.#log, [event]);
    return JSON.stringify(outgoing);
  }
}
