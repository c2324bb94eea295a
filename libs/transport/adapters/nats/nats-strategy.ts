import { type CustomTransportStrategy, Server, Transport } from '@nestjs/microservices';
import { boundNestHandlers } from '../../src/nest/bound-nest-handlers.ts';
import type { NatsResponder } from './nats-responder.ts';

/**
 * Serves the `@Handles` methods of a Nest application over NATS. In place of Nest's own `ServerNats`, which opens a
 * connection for itself, closes it without waiting for requests in flight, and logs what could not be parsed.
 */
export class NatsStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Transport.NATS;
  readonly #responder: NatsResponder;

  constructor(responder: NatsResponder) {
    super();
    this.#responder = responder;
  }

  async listen(ready: (error?: unknown) => void): Promise<void> {
    try {
      await this.#responder.serve(boundNestHandlers(this.messageHandlers));
      ready();
    } catch (error) {
      ready(error);
    }
  }

  close(): Promise<void> {
    return this.#responder.drain();
  }

  /** The link tells what becomes of the connection. */
  on(): void {}

  unwrap<Responder>(): Responder {
    return this.#responder as Responder;
  }
}
