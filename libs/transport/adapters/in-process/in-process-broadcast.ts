import { deepFreeze } from '../../src/deep-freeze.ts';
import { whatJsonLoses } from '../../src/json-fidelity.ts';
import type { Broadcast, JsonObject } from '../../src/transport.port.ts';
import type { TransportLog } from '../../src/transport-log.ts';

type Listener = (message: JsonObject) => void;

/** Broadcast inside one process: the order of publishing, and never on the publisher's stack. */
export class InProcessBroadcast implements Broadcast {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #log: TransportLog;

  constructor(log: TransportLog) {
    this.#log = log;
  }

  publish(subject: string, message: JsonObject): void {
    const lost = whatJsonLoses(message, 'message');
    if (lost !== undefined) {
      this.#log.error({ message: subject, reason: lost }, 'A broadcast that is no JSON was not sent.');
      return;
    }
    const sent = deepFreeze(structuredClone(message));
    queueMicrotask(() => this.#deliver(subject, sent));
  }

  subscribe(subject: string, listener: Listener): () => void {
    // A wrapper of its own for each subscription: the same function may be subscribed twice.
    const own: Listener = (message) => listener(message);
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(own));
    return () => {
      listeners.delete(own);
    };
  }

  #deliver(subject: string, message: JsonObject): void {
    for (const listener of this.#listeners.get(subject) ?? []) {
      try {
        listener(message);
      } catch (error) {
        this.#log.error({ message: subject, error }, 'A listener failed.');
      }
    }
  }
}
