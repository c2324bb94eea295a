import { fail, type Reply } from '@evident/contracts';
import type { Msg, Subscription } from '@nats-io/transport-node';
import type { BoundHandler } from '../../src/message-handlers.ts';
import { MessageServer, type MessageServerOptions } from '../../src/message-server.ts';
import { maxMessageBytes } from '../../src/transport.port.ts';
import { noLog, type TransportLog } from '../../src/transport-log.ts';
import type { NatsLink } from './nats-link.ts';
import { decodeRequest, encodeReply } from './nats-wire.ts';

/** Answers over NATS, each subject in the queue group of its service. */
export class NatsResponder {
  readonly #link: NatsLink;
  readonly #server: MessageServer;
  readonly #log: TransportLog;
  readonly #subscriptions: Subscription[] = [];

  constructor(link: NatsLink, options: MessageServerOptions = {}) {
    this.#link = link;
    this.#log = options.log ?? noLog;
    this.#server = new MessageServer(options);
  }

  /** Requests that are being worked on. */
  get inFlight(): number {
    return this.#server.inFlight;
  }

  /** Resolves once NATS routes these subjects here. */
  async serve(handlers: Iterable<BoundHandler>): Promise<void> {
    const bound = [...handlers];
    this.#server.serve(bound);
    for (const { contract } of bound) {
      const { subject, service } = contract;
      const callback = (error: Error | null, message: Msg) => this.#receive(subject, error, message);
      this.#subscriptions.push(this.#link.connection.subscribe(subject, { queue: service, callback }));
    }
    // Cut off meanwhile, the driver subscribes again with the next connection.
    await this.#link.connection.flush().catch(() => undefined);
  }

  /**
   * Leaves the queue groups first, so that other instances get what comes, then finishes what was taken and sends it.
   * The connection stays.
   */
  async drain(): Promise<void> {
    const open = this.#subscriptions.splice(0).filter((subscription) => !subscription.isClosed());
    if (this.#link.status === 'connected') await Promise.allSettled(open.map((subscription) => subscription.drain()));
    await this.#server.drain();
    if (this.#link.status === 'connected') await this.#link.connection.flush().catch(() => undefined);
  }

  #receive(subject: string, error: Error | null, message: Msg): void {
    if (error !== null) {
      this.#log.error({ message: subject, error }, 'Requests cannot be received; the subject may be forbidden.');
      return;
    }
    if (message.reply === undefined || message.reply === '') {
      this.#log.warn({ message: subject }, 'A request that names no inbox was dropped.');
      return;
    }
    const packet = decodeRequest(message.data);
    if (packet === undefined) {
      this.#send(subject, message, undefined, fail('request.invalid', { details: { part: 'packet' } }));
      return;
    }
    void this.#server.handle(subject, packet.data).then((reply) => {
      if (reply !== undefined) this.#send(subject, message, packet.id, reply);
    });
  }

  /** Never throws: nobody would catch it, and the process would end. */
  #send(subject: string, message: Msg, id: string | undefined, reply: Reply<unknown>): void {
    for (const answer of [reply, fail('fault.internal')]) {
      try {
        const bytes = encodeReply(id, answer);
        if (bytes.length > maxMessageBytes)
          throw new RangeError(`A reply of ${bytes.length} bytes is too large to send`);
        message.respond(bytes);
        return;
      } catch (error) {
        this.#log.error({ message: subject, error }, 'A reply could not be sent.');
        if (this.#link.connection.isClosed()) return;
      }
    }
  }
}
