import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { succeed, verifyCredentials } from '@evident/contracts';
import { StartupProblem } from '@evident/runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RunningGateway, startGateway } from './start-gateway.fixture.ts';

let gateway: RunningGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const credentials = JSON.stringify({ username: 'a', password: 'b', api_key: 'c' });

/** A request on a connection that stays open as long as the server lets it. */
async function overKeptConnection(agent: Agent, url: string): Promise<number> {
  const sent = request(`${url}/verify`, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.end(credentials);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

/** Of answers that follow each other on one connection: how many bytes are of such as came to their end. */
function lengthOfWholeAnswers(received: Buffer): number {
  for (let from = 0; ; ) {
    const head = received.indexOf('\r\n\r\n', from);
    if (head < 0) return from;
    const length = /^content-length: (\d+)/im.exec(received.toString('latin1', from, head))?.[1];
    const end = head + 4 + Number(length);
    if (end > received.length) return from;
    from = end;
  }
}

describe('several ports', () => {
  it('are one server: the same routes, hooks and limits on each', async () => {
    gateway = await startGateway({ env: { PORT: '0,0,0' } });
    expect(new Set(gateway.urls).size).toBe(3);
    for (const url of gateway.urls) {
      const response = await fetch(`${url}/users/`);
      expect([response.status, await response.json()]).toEqual([401, { detail: 'Not authenticated' }]);
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it.each([0, 1])('say which one is taken (of the two, number %i), and leave none open', async (taken) => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const ports = taken === 0 ? `${port},0` : `0,${port}`;
    const problem = await startGateway({ env: { PORT: ports } }).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(StartupProblem);
    expect(String((problem as StartupProblem).message)).toBe(`Port ${port} on 127.0.0.1 is in use by another process.`);
    expect((problem as StartupProblem).remedy).toContain('PORT');
    occupant.close();
  });
});

describe('a graceful end', () => {
  it('answers what is in flight on each port, then closes, without waiting for idle connections', async () => {
    const running = await startGateway({ env: { PORT: '0,0' } });
    const agent = new Agent({ keepAlive: true });
    const release = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let inFlight = 0;
    running.services.answer(verifyCredentials, async () => {
      inFlight += 1;
      if (inFlight === 4) begun.resolve();
      if (inFlight > 2) await release.promise;
      return succeed({ authorized: false, refusal: 'inactive' });
    });
    // Two connections that have served and stay open, then two requests that are being answered.
    const [first = '', second = ''] = running.urls;
    await Promise.all([overKeptConnection(agent, first), overKeptConnection(agent, second)]);
    const idle = [fetch(`${first}/health`), fetch(`${second}/health`)];
    await Promise.all(idle);
    const held = [overKeptConnection(agent, first), overKeptConnection(agent, second)];
    await begun.promise;
    const closed = running.close();
    await expect(once(connect(Number(new URL(second).port), '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
    release.resolve();
    expect(await Promise.all(held)).toEqual([200, 200]);
    await closed;
    agent.destroy();
  }, 10_000);

  it('waits for no connection that was opened and never used, on whichever port', async () => {
    const running = await startGateway({ env: { PORT: '0,0' } });
    const unused = await Promise.all(
      running.urls.map(async (url) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        await once(socket, 'connect');
        let received = '';
        socket.on('data', (chunk) => {
          received += chunk;
        });
        return { ended: once(socket, 'close').catch(() => undefined), answer: () => received };
      }),
    );
    // A request that follows them on the same listeners: by then the server has them.
    for (const url of running.urls) expect((await fetch(`${url}/health`)).status).toBe(200);
    await running.close();
    await Promise.all(unused.map(({ ended }) => ended));
    // Whoever waited for them would have answered 408 when the time for a first request was over.
    expect(unused.map(({ answer }) => answer())).toEqual(['', '']);
  });

  it('sends an answer to its end, also to a reader who had not taken it when the end began', async () => {
    const running = await startGateway();
    const connected = once(running.app.getHttpServer(), 'connection');
    const reader = connect(Number(new URL(running.url).port), '127.0.0.1');
    const [served] = (await connected) as [Socket];
    // More than the system holds between the two, while nobody reads.
    reader.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(60));
    await vi.waitUntil(() => served.writableLength > 0, { timeout: 10_000 });
    const closed = running.close();
    const pieces: Buffer[] = [];
    for await (const piece of reader) pieces.push(piece);
    await closed;
    expect(lengthOfWholeAnswers(Buffer.concat(pieces))).toBe(pieces.reduce((sum, { length }) => sum + length, 0));
  }, 20_000);

  it('waits a moment and no longer for a request that was begun and does not come in whole', async () => {
    const running = await startGateway();
    const { port } = new URL(running.url);
    const open = async (text: string) => {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => undefined).write(text);
      return socket;
    };
    const form = 'POST /verify HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const whole = `${form}connection: close\r\ncontent-length: ${credentials.length}\r\n\r\n${credentials}`;
    running.services.answer(verifyCredentials, () => succeed({ authorized: false, refusal: 'inactive' }));
    const body = await open(`${form}content-length: 100\r\n\r\n{"us`);
    const second = await open('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(second, 'data');
    second.write('GET /hea');
    const late = await open(whole.slice(0, -5));
    const answer = once(late, 'data');
    expect((await fetch(`${running.url}/health`)).status).toBe(200);
    const ended = [body, second].map((socket) => once(socket, 'close'));
    const closed = running.close();
    late.write(whole.slice(-5));
    expect(String((await answer)[0])).toContain('HTTP/1.1 200 OK');
    await Promise.all([closed, ...ended]);
  }, 10_000);
});
