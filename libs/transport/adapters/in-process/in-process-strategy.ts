import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { boundNestHandlers } from '../../src/nest/bound-nest-handlers.ts';
import type { InProcessTransport } from './in-process-transport.ts';

/** Serves the `@Handles` methods of a Nest application, however many services it holds, on an in-process transport. */
export class InProcessStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('in-process');
  readonly #transport: InProcessTransport;

  constructor(transport: InProcessTransport) {
    super();
    this.#transport = transport;
  }

  listen(ready: (error?: unknown) => void): void {
    try {
      this.#transport.serve(boundNestHandlers(this.messageHandlers));
      ready();
    } catch (error) {
      ready(error);
    }
  }

  close(): Promise<void> {
    return this.#transport.drain();
  }

  /** There is no connection that could have events. */
  on(): void {}

  unwrap<Transport>(): Transport {
    return this.#transport as Transport;
  }
}
