import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from '@evident/contracts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CloudEvent;
}

/** Who webhooks are sent to: keeps what it took, and may be told to misbehave. */
export class Receiver {
  readonly received: Received[] = [];
  /** In place of taking it. */
  misbehave: RequestListener | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      if (receiver.misbehave !== undefined) {
        receiver.misbehave(request, response);
        return;
      }
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        receiver.received.push({ headers: request.headers, body, event: JSON.parse(body) as CloudEvent });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/evident`;
  }

  get types(): readonly string[] {
    return this.received.map(({ event }) => event.type);
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
