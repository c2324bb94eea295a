import type { Broadcast, JsonObject } from '../../src/transport.port.ts';
import type { TransportLog } from '../../src/transport-log.ts';
import type { NatsLink } from './nats-link.ts';
import { isObject, parse } from './nats-wire.ts';

/** Broadcast over core NATS: every listener of every process, in the order of one publisher, at most once. */
export class NatsBroadcast implements Broadcast {
  readonly #link: NatsLink;
  readonly #log: TransportLog;

  constructor(link: NatsLink, log: TransportLog) {
    this.#link = link;
    this.#log = log;
  }

  publish(subject: string, message: JsonObject): void {
    // News of a time when nobody could hear it would be taken for fresh after the connection is back.
    if (this.#link.status !== 'connected') return;
    try {
      this.#link.connection.publish(subject, JSON.stringify(message));
    } catch (error) {
      this.#log.error({ message: subject, error }, 'A broadcast was not sent.');
    }
  }

  subscribe(subject: string, handler: (message: JsonObject) => void): () => void {
    let ended = false;
    const subscription = this.#link.connection.subscribe(subject, {
      callback: (error, { data }) => {
        if (ended) return;
        if (error !== null) this.#log.error({ message: subject, error }, 'News cannot be received.');
        else this.#deliver(subject, data, handler);
      },
    });
    return () => {
      ended = true;
      if (!subscription.isClosed()) subscription.unsubscribe();
    };
  }

  #deliver(subject: string, data: Uint8Array, handler: (message: JsonObject) => void): void {
    const message = parse(data);
    if (!isObject(message)) {
      this.#log.warn({ message: subject }, 'News that was no JSON object was dropped.');
      return;
    }
    try {
      handler(message as JsonObject);
    } catch (error) {
      this.#log.error({ message: subject, error }, 'A listener failed.');
    }
  }
}
