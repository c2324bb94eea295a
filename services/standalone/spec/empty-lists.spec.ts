import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { runLine } from './run-line.fixture.ts';

/** A command line to a server that has nothing of the kind. */
async function ofNothing(line: string, answer: object) {
  const server = createServer((_request, response) => void response.end(JSON.stringify(answer)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const words = [...line.split(' '), '--url', `http://127.0.0.1:${port}`];
  const env = { EVIDENT_TOKEN: 'x' };
  const [people, programs] = [await runLine(words, { env }), await runLine([...words, '--json'], { env })];
  server.close();
  return { people, programs: JSON.parse(programs.out) };
}

it.each([
  [
    'webhooks list',
    { webhooks: [], next: null },
    'No webhook is there yet: evident webhooks create <url> makes one.\n',
  ],
  ['keys list', [], 'No signing key is there yet: the server makes them when it first starts.\n'],
  ['projections parked users', [], 'Nothing is parked.\n'],
])('%s says of nothing that it is nothing, and is empty for programs', async (line, answer, out) => {
  const { people, programs } = await ofNothing(line, answer);
  expect(people).toEqual({ code: 0, out, err: '' });
  expect(programs).toEqual([]);
});
