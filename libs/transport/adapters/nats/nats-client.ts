import {
  fail,
  type MessageContract,
  type Reply,
  type RequestContext,
  type RequestEnvelope,
  type RequestOf,
  type ValueOf,
} from '@evident/contracts';
import { createInbox, type Msg } from '@nats-io/transport-node';
import { PendingRequests } from '../../src/pending-requests.ts';
import {
  type Broadcast,
  type JsonObject,
  type LinkStatus,
  maxMessageBytes,
  type RequestClient,
  type TransportLink,
} from '../../src/transport.port.ts';
import { noLog, type TransportLog } from '../../src/transport-log.ts';
import { NatsBroadcast } from './nats-broadcast.ts';
import type { NatsLink } from './nats-link.ts';
import { decodeReply, encodeRequest } from './nats-wire.ts';

export interface NatsClientOptions {
  readonly log?: TransportLog;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  /** Requests to one service that wait for an answer at once; beyond, `load.shed`. Default 2048. */
  readonly maxWaiting?: number;
}

const away = fail('service.unavailable', { retryAfterSeconds: 1 });

/**
 * Asks over NATS. All answers come to one inbox and are told apart by the last token of their subject: a subscription
 * for each request, as Nest's client makes, costs more than the request itself.
 */
export class NatsClient implements RequestClient, Broadcast, TransportLink {
  readonly #link: NatsLink;
  readonly #inbox: string;
  readonly #pending: PendingRequests;
  readonly #broadcast: NatsBroadcast;
  readonly #clock: () => number;
  readonly #log: TransportLog;

  constructor(link: NatsLink, options: NatsClientOptions = {}) {
    this.#link = link;
    this.#log = options.log ?? noLog;
    this.#clock = options.clock ?? Date.now;
    this.#pending = new PendingRequests({ clock: this.#clock, maxInFlight: options.maxWaiting ?? 2048 });
    this.#broadcast = new NatsBroadcast(link, this.#log);
    this.#inbox = createInbox(link.inboxPrefix);
    link.connection.subscribe(`${this.#inbox}.*`, { callback: (error, message) => this.#receive(error, message) });
    link.onViolation(({ operation, subject }) => {
      if (operation === 'publish') this.#pending.settleWhere((request) => request.subject === subject, away);
    });
  }

  get status(): LinkStatus {
    return this.#link.status;
  }

  request<Contract extends MessageContract>(
    contract: Contract,
    payload: RequestOf<Contract>,
    context: RequestContext,
  ): Promise<Reply<ValueOf<Contract>>> {
    const refusal = this.#refuse(context);
    const answer = refusal === undefined ? this.#ask(contract, { payload, context }) : Promise.resolve(refusal);
    return answer as Promise<Reply<ValueOf<Contract>>>;
  }

  publish(subject: string, message: JsonObject): void {
    this.#broadcast.publish(subject, message);
  }

  subscribe(subject: string, handler: (message: JsonObject) => void): () => void {
    return this.#broadcast.subscribe(subject, handler);
  }

  #refuse({ deadline }: RequestContext): Reply<never> | undefined {
    if (deadline <= this.#clock()) return fail('deadline.passed');
    // The driver would keep it for the next connection, when its caller has long been told something else.
    return this.#link.status === 'connected' ? undefined : away;
  }

  #ask({ subject, service }: MessageContract, envelope: RequestEnvelope): Promise<Reply<unknown>> {
    const { deadline, correlationId } = envelope.context;
    return new Promise((settle) => {
      const id = this.#pending.add({ service, subject, deadline, settle });
      if (id === undefined) return;
      try {
        const unsent = this.#send(subject, id, envelope);
        if (unsent !== undefined) this.#pending.settle(id, unsent);
      } catch (error) {
        this.#log.error({ message: subject, correlationId, error }, 'A request could not be sent.');
        // JSON refuses a value with a TypeError; all else is the connection.
        this.#pending.settle(id, error instanceof TypeError ? fail('fault.internal') : away);
      }
    });
  }

  #send(subject: string, id: number, envelope: RequestEnvelope): Reply<never> | undefined {
    const bytes = encodeRequest(subject, String(id), envelope);
    if (bytes.length > maxMessageBytes) return fail('request.invalid', { details: { part: 'size', maxMessageBytes } });
    this.#link.connection.publish(subject, bytes, { reply: `${this.#inbox}.${id}` });
    return undefined;
  }

  #receive(error: Error | null, message: Msg): void {
    if (error !== null) {
      this.#log.error({ error }, 'Answers cannot be received; the inbox may be forbidden to this service.');
      return;
    }
    const id = Number(message.subject.slice(this.#inbox.length + 1));
    if (message.headers?.code === 503) {
      this.#pending.settle(id, away);
      return;
    }
    const reply = decodeReply(message.data);
    if (reply === undefined) this.#log.error({ message: message.subject }, 'An answer was no reply of this system.');
    this.#pending.settle(id, reply ?? fail('fault.internal'));
  }
}
