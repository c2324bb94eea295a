import {
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type MsgRequest,
} from '@nats-io/jetstream';
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { CloudEvent } from '../cloud-event.ts';
import { EvidentError } from '../errors.ts';
import type { WantedTypes } from './wanted-types.ts';

const streamName = 'EVIDENT_EVENTS';
const streamNotFound = 10_059;
const answerWithinMs = 5_000;
const connectWithinMs = 3_000;

export interface EventStreamOptions {
  /** URLs of one cluster; a user and password, or a token, may stand before the `@`. */
  readonly servers: string | readonly string[];
  /** Content of a `.creds` file, or whatever else the driver's options say. */
  readonly natsCredential?: string | Uint8Array | Partial<ConnectionOptions> | undefined;
  readonly tenant: string;
  readonly types: WantedTypes;
  readonly name: string;
}

export interface StreamState {
  /** When it was made: another time is another stream. */
  readonly created: string;
  /** Of the first message that is still there; one more than the last where there is none. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Of the first message that is still there. */
  readonly firstPosition: string | undefined;
  readonly firstTime: string | undefined;
  /** Of the last message that is still there. */
  readonly lastPosition: string | undefined;
}

export type StreamStart = { readonly sequence: number } | { readonly time: string };

export interface StreamedEvent {
  readonly event: CloudEvent;
  readonly sequence: number;
}

/** Why a consumer may have missed something: reading begins anew from the last event handled. */
const irregular: ReadonlySet<string> = new Set([
  'consumer_deleted',
  'consumer_not_found',
  'heartbeats_missed',
  'no_responders',
  'ordered_consumer_recreated',
  'reset',
  'stream_not_found',
]);

/** The feed on JetStream, read in order from a place on. */
export class EventStream {
  readonly #options: EventStreamOptions;
  #connection: NatsConnection | undefined;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /** Undefined where there is no stream (yet). Rejects where NATS is away. */
  async state(): Promise<StreamState | undefined> {
    const manager = await this.#manager();
    try {
      const { created, state } = await manager.streams.info(streamName);
      const message = (query: MsgRequest) =>
        state.messages === 0 ? null : manager.streams.getMessage(streamName, query);
      const first = await message({ seq: state.first_seq });
      const last = await message({ last_by_subj: 'evident.events.>' });
      return {
        created: String(created),
        firstSequence: state.first_seq,
        lastSequence: state.last_seq,
        firstPosition: first === null ? undefined : eventIn(first).position,
        firstTime: first?.timestamp,
        lastPosition: last === null ? undefined : eventIn(last).position,
      };
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === streamNotFound) return undefined;
      throw error;
    }
  }

  /**
   * Messages from there on, and each new one as it comes. Ends, without an error, where something may have been missed:
   * look at `state` and begin anew. At most 200 are held here, so a slow reader is waited for.
   */
  async *read(start: StreamStart, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
    const connection = await this.#connected();
    const consumer = await this.#consumer(connection, start);
    const messages = await consumer.consume({ max_messages: 200, idle_heartbeat: 2_000, expires: 10_000 });
    const stop = () => messages.stop();
    // It may have been aborted while the consumer was made.
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void stopWhenIrregular(messages);
    const lost = stopWhenDisconnected(connection, messages);
    try {
      for await (const message of messages) {
        if (signal.aborted) return;
        yield { event: eventIn(message), sequence: message.seq };
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      lost.end();
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #manager(): Promise<JetStreamManager> {
    return jetstreamManager(await this.#connected(), { timeout: answerWithinMs });
  }

  #consumer(connection: NatsConnection, start: StreamStart): Promise<Consumer> {
    const { types, tenant } = this.#options;
    const subjects = types.subjects(tenant);
    // One filter is all that servers before 2.10 know: there the subscriber sorts out what it does not want.
    const several = hasManyFilters(connection.info?.version ?? '');
    const [first] = subjects;
    const filter_subjects =
      subjects.length === 1 && first !== undefined ? first : several ? [...subjects] : `evident.events.${tenant}.>`;
    const from =
      'sequence' in start
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.sequence }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.time };
    return jetstream(connection, { timeout: answerWithinMs }).consumers.get(streamName, { filter_subjects, ...from });
  }

  async #connected(): Promise<NatsConnection> {
    if (this.#connection !== undefined && !this.#connection.isClosed()) return this.#connection;
    const { servers, natsCredential, name } = this.#options;
    this.#connection = await connect({
      servers: typeof servers === 'string' ? servers : [...servers],
      name,
      timeout: connectWithinMs,
      maxReconnectAttempts: -1,
      ...(natsCredential === undefined ? credentialIn(servers) : credentialOptions(natsCredential)),
    }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EvidentError('unavailable', `NATS cannot be used: ${reason}`, { cause });
    });
    return this.#connection;
  }
}

/** Whoever may publish under the subjects of the feed can put there what is no event. It is never passed over. */
function eventIn(message: Pick<JsMsg, 'seq' | 'string'>): CloudEvent {
  const event = parsed(message.string());
  if (typeof event?.position === 'string' && typeof event.type === 'string') return event as CloudEvent;
  throw new EvidentError(
    'unexpected',
    `message ${message.seq} of ${streamName} is no event of Evident: somebody else publishes there; remove the stream and Evident publishes it again`,
  );
}

function parsed(text: string): Partial<CloudEvent> | null | undefined {
  try {
    return JSON.parse(text) as Partial<CloudEvent> | null;
  } catch {
    return undefined;
  }
}

function credentialOptions(credential: NonNullable<EventStreamOptions['natsCredential']>): Partial<ConnectionOptions> {
  if (typeof credential === 'string')
    return { authenticator: credsAuthenticator(new TextEncoder().encode(credential)) };
  return credential instanceof Uint8Array ? { authenticator: credsAuthenticator(credential) } : credential;
}

/** A user and password, or a token, before the `@` of a server's URL, which the driver passes over. */
function credentialIn(servers: EventStreamOptions['servers']): Partial<ConnectionOptions> {
  const urls = [servers].flat().map((server) => (URL.canParse(server) ? new URL(server) : undefined));
  const url = urls.find((each) => each !== undefined && each.username !== '');
  if (url === undefined) return {};
  const name = decodeURIComponent(url.username);
  return url.password === '' ? { token: name } : { user: name, pass: decodeURIComponent(url.password) };
}

function hasManyFilters(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}

async function stopWhenIrregular(messages: ConsumerMessages): Promise<void> {
  for await (const status of messages.status()) if (irregular.has(status.type)) messages.stop();
}

function stopWhenDisconnected(connection: NatsConnection, messages: ConsumerMessages): { end(): void } {
  const statuses = connection.status();
  void (async () => {
    for await (const { type } of statuses) if (type === 'disconnect' || type === 'close') messages.stop();
  })();
  return {
    end() {
      (statuses as { stop?: () => void }).stop?.();
    },
  };
}
