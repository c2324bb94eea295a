import { expect, it, vi } from 'vitest';
import { Checkpoints } from './checkpoints.ts';

vi.mock('node:worker_threads', () => ({
  Worker: class {
    constructor() {
      throw new Error('Worker initialization failure: EAGAIN');
    }
  },
}));

it('goes on where the system gives no thread to carry rows over in, and asks for one again', async () => {
  const checkpoints = new Checkpoints('/nowhere/read-models.db', { rows: 10, mostPages: 100 });
  checkpoints.committed(10);
  checkpoints.committed(1_000);
  await checkpoints.room;
  expect(await checkpoints.empty()).toBe(false);
  checkpoints.committed(1_000);
  await checkpoints.end();
});
