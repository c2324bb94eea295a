import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { isMissing, startNatsServer } from './nats-server.ts';

const server = await startNatsServer();

async function info(url: string): Promise<{ jetstream?: boolean; port: number }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const [line] = await once(socket, 'data');
  socket.destroy();
  return JSON.parse(String(line).slice('INFO '.length));
}

if (isMissing(server)) {
  describe.skip(`a nats-server (${server.missing})`, () => {
    it('is started', () => {});
  });
} else {
  afterAll(() => server.stop());

  it('starts with JetStream', async () => {
    expect((await info(server.url)).jetstream).toBe(true);
  });

  it('comes back on the same port as another process', async () => {
    const { pid } = server;
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect((await info(server.url)).port).toBe(Number(new URL(server.url).port));
  });

  it('refuses a faulty configuration with what the server said', async () => {
    await expect(startNatsServer({ config: 'nonsense {' })).rejects.toThrow(/did not start/);
  });

  it('is gone after it was stopped', async () => {
    const second = await startNatsServer();
    if (isMissing(second)) throw new Error(second.missing);
    await second.stop();
    await second.stop();
    await expect(info(second.url)).rejects.toThrow('ECONNREFUSED');
    expect(existsSync(`/proc/${second.pid}`)).toBe(false);
  });
}
