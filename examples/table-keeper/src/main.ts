import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CheckpointFailed, HandlerFailed, subscribe } from '@evident/client';
import { Table } from './table.ts';

const { EVIDENT_URL, EVIDENT_TOKEN, NATS_URL, TABLE = 'table.db', PORT = '0', FEED_FROM = 'start' } = process.env;
// As compose files write it, empty is absent.
const evident = EVIDENT_URL && EVIDENT_TOKEN ? { url: EVIDENT_URL, token: EVIDENT_TOKEN } : {};
const nats = NATS_URL ? { servers: NATS_URL } : {};

const table = new Table(TABLE);
const subscription = subscribe({
  ...nats,
  ...evident,
  durable: 'table-keeper',
  from: FEED_FROM,
  types: ['user.*', 'role.*'],
  // The place is kept by `apply`, with the rows.
  checkpoint: { load: async () => table.place(), save: async () => undefined },
  handle: (event, { place }) => table.apply(event, place),
  onError: (error, { event, attempt }) => {
    const withoutEvent = error instanceof CheckpointFailed ? 'the place' : 'reading';
    const what = event === undefined ? withoutEvent : `${event.type} ${event.id}`;
    console.error(`${what}, attempt ${attempt}:`, error);
  },
});

const server = createServer((request, response) => {
  const body = request.url === '/roles' ? table.roles() : request.url === '/users' ? table.users() : undefined;
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { position: subscription.position() ?? null }));
});
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

process.once('SIGTERM', () => void subscription.stop());
subscription.closed
  .catch((error: unknown) => {
    if (error instanceof HandlerFailed) console.error(`stopped before ${error.event.id}: ${error.message}`);
    else console.error(error);
    process.exitCode = 1;
  })
  .finally(() => {
    server.closeAllConnections();
    server.close();
    table.close();
  });
