import { type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection that was opened and not used may still bring its first request while the server ends. */
const firstRequestMs = 1_000;
/** How long a request that was begun may take to come in whole while the server ends. */
const wholeRequestMs = 3_000;
/** How long a reader may take for its last answer while the server ends. */
const lastAnswerMs = 10_000;
const sweepEveryMs = 50;

/** Where a connection has nothing more to be done: how many bytes it had brought by then. */
type Idle = { readonly bytesRead: number };

/**
 * The connections of a server, so that it can end without those that bring nothing more, and not before those that are
 * being answered. Node takes one without any request as busy, no longer looks at how long a request takes to come in once
 * the server is closed, and takes one as idle whose answer was begun and has not left the process: it would be cut off.
 */
export class OpenConnections {
  readonly #lastAnswerMs: number;
  readonly #unused = new Set<Socket>();
  /** With the answer to the request that is being received or answered, where there is one. */
  readonly #open = new Map<Socket, ServerResponse | Idle>();
  /** What was idle at a sweep already. */
  readonly #seen = new WeakSet<Idle>();

  constructor(server: Server, options: { readonly lastAnswerMs?: number } = {}) {
    this.#lastAnswerMs = options.lastAnswerMs ?? lastAnswerMs;
    // Asked for by Node itself where the server is closed, too early: a request may be there that was not read yet.
    server.closeIdleConnections = () => undefined;
    server.on('connection', (socket) => {
      this.#unused.add(socket);
      this.#open.set(socket, { bytesRead: 0 });
      socket.once('close', () => {
        this.#unused.delete(socket);
        this.#open.delete(socket);
      });
    });
    server.on('request', (request, response) => {
      const { socket } = request;
      this.#unused.delete(socket);
      this.#open.set(socket, response);
      response.once('close', () => {
        if (this.#open.get(socket) === response) this.#open.set(socket, { bytesRead: socket.bytesRead });
      });
    });
  }

  /** From the moment that the server is closed until the function that it gives back is called. */
  end(): () => void {
    for (const held of this.#open.values()) {
      // Else its caller would send the next request on a connection that is about to be closed.
      if (held instanceof ServerResponse && !held.headersSent) held.setHeader('connection', 'close');
    }
    // A connection whose answer had begun when the end began stays open after it, and only then is idle.
    const sweep = setInterval(() => this.#closeIdle(), sweepEveryMs);
    const forsaking = setTimeout(() => {
      for (const socket of this.#unused) socket.destroy();
    }, firstRequestMs);
    const cutting = setInterval(() => {
      for (const [socket, held] of this.#open)
        if (!(held instanceof ServerResponse && held.req.complete)) socket.destroy();
    }, wholeRequestMs);
    const leaving = setTimeout(() => {
      for (const socket of this.#open.keys()) if (socket.writableLength > 0) socket.destroy();
    }, this.#lastAnswerMs);
    return () => {
      clearInterval(sweep);
      clearTimeout(forsaking);
      clearInterval(cutting);
      clearTimeout(leaving);
    };
  }

  /**
   * Those that have had their last answer whole and have begun no other request from one sweep to the next: between the
   * two, what had come in was read.
   */
  #closeIdle(): void {
    for (const [socket, held] of this.#open) {
      const isIdle = 'bytesRead' in held && held.bytesRead === socket.bytesRead;
      if (!isIdle || this.#unused.has(socket)) continue;
      if (this.#seen.has(held)) socket.destroy();
      else this.#seen.add(held);
    }
  }
}
