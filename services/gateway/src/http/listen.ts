import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { asStartupProblem } from '@evident/runtime';
import type { FastifyInstance } from 'fastify';
import { answerExpectation } from './client-errors.ts';
import { maxConnections, maxHeaders, maxWaitingConnections } from './server-options.ts';

export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
}

export interface Listening {
  /** In the order of the ports asked for; with the real number where 0 was asked. */
  readonly addresses: readonly ListeningAddress[];
  /** Takes no new connection, answers what is in flight, closes idle connections. Idempotent. */
  close(): Promise<void>;
}

const sweepEveryMs = 50;
/** How long a connection that was opened and not used may still bring its first request while the server ends. */
const firstRequestMs = 1_000;

/**
 * Opens every port for one HTTP server. The first is the server's own; each further one is a plain listener that hands
 * its connections over ("connection" may be emitted for that: https://nodejs.org/api/http.html#event-connection), so
 * time-outs, limits and the graceful end are those of the one server.
 *
 * Throws `StartupProblem` where a port cannot be opened; none is left open then.
 */
export async function listen(
  server: FastifyInstance,
  { host, ports }: { readonly host: string; readonly ports: readonly number[] },
): Promise<Listening> {
  const [first = 0, ...others] = ports;
  const doors: Server[] = [];
  // Node counts a connection without any request as busy, and would wait for it until it is cut off.
  const unused = new Set<Socket>();
  server.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));
  const close = async () => {
    const closed = doors.map(closeDoor);
    // A connection that was answering when the end began stays open after its answer, and only then is idle.
    const sweep = setInterval(() => server.server.closeIdleConnections(), sweepEveryMs);
    const forsaking = setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, firstRequestMs);
    try {
      await server.close();
      await Promise.all(closed);
    } finally {
      clearInterval(sweep);
      clearTimeout(forsaking);
    }
  };
  server.server.maxConnections = maxConnections;
  server.server.maxHeadersCount = maxHeaders;
  server.server.on('checkExpectation', answerExpectation);
  try {
    await server.listen({ host, port: first, backlog: maxWaitingConnections });
    for (const port of others) doors.push(await openDoor(server, host, port));
  } catch (error) {
    await close();
    throw asStartupProblem(error);
  }
  return { addresses: [server.server, ...doors].map(addressOf), close };
}

async function openDoor(server: FastifyInstance, host: string, port: number): Promise<Server> {
  // As node:http sets up its own sockets.
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    server.server.emit('connection', socket);
  });
  door.maxConnections = maxConnections;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  door.once('error', reject).listen({ host, port, backlog: maxWaitingConnections }, resolve);
  await promise;
  return door;
}

function closeDoor(door: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  door.close(() => resolve());
  return promise;
}

function addressOf(server: Server): ListeningAddress {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}
