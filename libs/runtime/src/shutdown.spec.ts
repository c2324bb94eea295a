import { expect, it } from 'vitest';
import { silentLogger } from './logger.ts';
import { Shutdown } from './shutdown.ts';

function rig(boundMs = 5000) {
  const seen: string[] = [];
  const codes: number[] = [];
  const shutdown = new Shutdown({ logger: silentLogger, boundMs, exit: (code) => codes.push(code) });
  return { shutdown, seen, codes };
}

it('stops intake, then waits for what is in flight, then closes the last opened first', async () => {
  const { shutdown, seen, codes } = rig();
  shutdown.on('close', 'store', () => void seen.push('store closed'));
  shutdown.on('close', 'projector', () => void seen.push('projector closed'));
  shutdown.on('in-flight', 'requests', async () => {
    await new Promise(setImmediate);
    seen.push('requests finished');
  });
  shutdown.on('intake', 'http', () => void seen.push('http closed'));
  await shutdown.end('test');
  expect(seen).toEqual(['http closed', 'requests finished', 'projector closed', 'store closed']);
  expect(codes).toEqual([0]);
});

it('finishes the drain when a second signal comes', async () => {
  const { shutdown, seen, codes } = rig();
  const release = Promise.withResolvers<void>();
  shutdown.on('in-flight', 'requests', async () => {
    await release.promise;
    seen.push('requests finished');
  });
  const ignore = shutdown.listen();
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');
  expect(codes).toEqual([]);
  release.resolve();
  await shutdown.end('test');
  ignore();
  expect(seen).toEqual(['requests finished']);
  expect(codes).toEqual([0]);
});

it('begins when the process that started this one is gone', async () => {
  const { shutdown, seen, codes } = rig();
  shutdown.on('close', 'store', () => void seen.push('store closed'));
  const ignore = shutdown.listen();
  // Told by itself: the test runner listens as well.
  process.listeners('disconnect').at(-1)?.();
  await shutdown.end('test');
  ignore();
  expect(seen).toEqual(['store closed']);
  expect(codes).toEqual([0]);
});

it('closes the rest when one step fails, and says so with the exit code', async () => {
  const { shutdown, seen, codes } = rig();
  shutdown.on('close', 'store', () => void seen.push('store closed'));
  shutdown.on('close', 'feed', () => Promise.reject(new Error('gone')));
  await shutdown.end('test');
  expect(seen).toEqual(['store closed']);
  expect(codes).toEqual([1]);
});

it('ends by its bound though a request never finishes', async () => {
  const { shutdown, codes } = rig(1);
  shutdown.on('in-flight', 'requests', () => new Promise<void>(() => {}));
  expect(await shutdown.end('test')).toBe(1);
  expect(codes).toEqual([1]);
});

it('takes the failure of a start that was stopped for the stop, and any other for a failure', async () => {
  const { shutdown, codes } = rig();
  await expect(shutdown.finishStart(() => Promise.reject(new Error('of its own')))).rejects.toThrow('of its own');
  const closed = Promise.withResolvers<void>();
  shutdown.on('close', 'store', () => closed.reject(new Error('the store is closed')));
  await shutdown.finishStart(async () => {
    void shutdown.end('test');
    await closed.promise;
  });
  expect(codes).toEqual([0]);
});
