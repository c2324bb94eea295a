import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { OpenConnections } from './open-connections.ts';

it('waits for no reader for longer than a last answer may take', async () => {
  const server = createServer((_request, response) => response.end('x'.repeat(32 * 1_024 * 1_024)));
  const connections = new OpenConnections(server, { lastAnswerMs: 50 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[, response]] = await Promise.all([
    once(server, 'request'),
    reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  ]);
  const ended = connections.end();
  const closed = once(server.close(), 'close');
  await closed;
  ended();
  expect(response.writableFinished).toBe(false);
  reader.destroy();
});

it('answers a request that was there when the end began, on a connection that had served before', async () => {
  const server = createServer((_request, response) => response.end('served'));
  const connections = new OpenConnections(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const requested = once(server, 'request');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [[, response]] = await Promise.all([requested, once(client, 'data')]);
  if (!response.closed) await once(response, 'close');
  const answered = once(client, 'data');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const ended = connections.end();
  const closed = once(server.close(), 'close');
  expect(String((await answered)[0])).toMatch(/served$/);
  await closed;
  ended();
});

it('says with an answer that is due when the end begins that the connection ends with it', async () => {
  const server = createServer();
  const connections = new OpenConnections(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const requested = once(server, 'request');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, response] = await requested;
  const ended = connections.end();
  const closed = once(server.close(), 'close');
  response.end('served');
  expect(String((await once(client, 'data'))[0])).toMatch(/^connection: close\r$/im);
  await closed;
  ended();
});
