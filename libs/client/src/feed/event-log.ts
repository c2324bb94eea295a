import type { CloudEvent } from '../cloud-event.ts';
import { EvidentError, LogChanged } from '../errors.ts';
import { askJson, type HttpOptions, refusal } from '../http.ts';

export interface EventPage {
  readonly events: readonly CloudEvent[];
  /** Where to go on. */
  readonly next: string | null;
  readonly caughtUp: boolean;
}

export interface EventLogOptions extends HttpOptions {
  /** A token or API key with `read:evident/events`; a function where it has to be renewed. */
  readonly token: string | (() => string | Promise<string>);
  readonly types: readonly string[];
}

const pageSize = 500;

/** `GET /events`: the log itself, which holds what JetStream has let go of. */
export class EventLog {
  readonly #options: EventLogOptions;

  constructor(options: EventLogOptions) {
    this.#options = options;
  }

  /** The next events strictly after a position or a time; from the first one where it is left out. */
  async after(place: string | undefined, signal: AbortSignal): Promise<EventPage> {
    const { token, types } = this.#options;
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (!types.includes('*')) query.set('types', types.join(','));
    if (place !== undefined) query.set('after', place);
    const credential = typeof token === 'function' ? await token() : token;
    const headers = { authorization: `Bearer ${credential}`, accept: 'application/json' };
    const answer = await askJson(`events?${query}`, { headers }, { ...this.#options, signal });
    if (answer.status === 410) throw new LogChanged(place ?? '');
    if (answer.status !== 200) throw refusal(answer);
    const page = answer.body as Partial<EventPage> | undefined;
    if (page?.events === undefined) throw new EvidentError('unexpected', 'what answered is not Evident');
    return page as EventPage;
  }
}
