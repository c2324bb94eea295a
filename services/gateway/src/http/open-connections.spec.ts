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
