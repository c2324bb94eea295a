import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { askServer, noAnswer } from './remote-audit.ts';

const listeners: readonly (readonly [how: string, listener: RequestListener])[] = [
  ['does not answer', () => undefined],
  ['begins an answer and goes', (_request, response) => response.write('{', () => response.destroy())],
  ['begins an answer and never ends it', (_request, response) => void response.write('{')],
];

it.each(listeners)('a server that %s is told as one that does not answer', async (_how, listener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(askServer(url, 'token', '/audit/events', { shape: noAnswer, patienceMs: 200 })).rejects.toMatchObject({
    message: `${url} does not answer.`,
  });
  server.closeAllConnections();
  server.close();
});
