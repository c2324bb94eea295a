import { type AddressInfo, createServer, type Server } from 'node:net';
import { asStartupProblem } from '@evident/runtime';
import type { FastifyInstance } from 'fastify';
import { answerExpectation, answerTunnel, rememberAnswer } from './client-errors.ts';
import { awaitDemand } from './demanded-body.ts';
import { OpenConnections } from './open-connections.ts';
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
  const connections = new OpenConnections(server.server);
  const close = async () => {
    const closed = doors.map(closeDoor);
    const ended = connections.end();
    try {
      await server.close();
      await Promise.all(closed);
    } finally {
      ended();
    }
  };
  server.server.maxConnections = maxConnections;
  server.server.maxHeadersCount = maxHeaders;
  awaitDemand(server.server);
  server.server.on('checkExpectation', answerExpectation);
  server.server.on('connect', answerTunnel);
  server.server.on('request', rememberAnswer);
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
