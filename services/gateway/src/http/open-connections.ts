import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection that was opened and not used may still bring its first request while the server ends. */
const firstRequestMs = 1_000;
/** How long a request that was begun may take to come in whole while the server ends. */
const wholeRequestMs = 3_000;
const sweepEveryMs = 50;

/**
 * The connections of a server, so that it can end without those that bring nothing more. Node takes one without any
 * request as busy, and no longer looks at how long a request takes to come in once the server is closed: whoever sent
 * half of one would be waited for until they hang up.
 */
export class OpenConnections {
  readonly #server: Server;
  readonly #unused = new Set<Socket>();
  /** With the request that is being received or answered, where there is one. */
  readonly #open = new Map<Socket, IncomingMessage | undefined>();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#unused.add(socket);
      this.#open.set(socket, undefined);
      socket.once('close', () => {
        this.#unused.delete(socket);
        this.#open.delete(socket);
      });
    });
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#unused.delete(socket);
      this.#open.set(socket, request);
      response.once('close', () => {
        if (this.#open.get(socket) === request) this.#open.set(socket, undefined);
      });
    });
  }

  /** From the moment that the server is closed until the function that it gives back is called. */
  end(): () => void {
    // A connection that was answering when the end began stays open after its answer, and only then is idle.
    const sweep = setInterval(() => this.#server.closeIdleConnections(), sweepEveryMs);
    const forsaking = setTimeout(() => {
      for (const socket of this.#unused) socket.destroy();
    }, firstRequestMs);
    const cutting = setInterval(() => {
      for (const [socket, request] of this.#open) if (request?.complete !== true) socket.destroy();
    }, wholeRequestMs);
    return () => {
      clearInterval(sweep);
      clearTimeout(forsaking);
      clearInterval(cutting);
    };
  }
}
