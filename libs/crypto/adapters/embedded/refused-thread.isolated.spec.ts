import { createSecretKey, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as threading from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { generateKey } from '../../src/keys/wrapped-key.ts';
import type { PersonKeys } from '../../src/person-keys.port.ts';
import { openEmbeddedPersonKeys } from './embedded-person-keys.ts';

const threads = vi.hoisted(() => ({ areRefused: false }));
vi.mock('node:worker_threads', async (importOriginal) => {
  const original = await importOriginal<typeof threading>();
  class Worker extends original.Worker {
    constructor(file: URL, options: threading.WorkerOptions) {
      if (threads.areRefused) throw new Error('Worker initialization failure: EAGAIN');
      super(file, options);
    }
  }
  return { ...original, Worker };
});

let folder: string;
let keys: PersonKeys;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'person-keys-'));
  keys = openEmbeddedPersonKeys({ path: join(folder, 'person-keys.db'), wrappingKey: createSecretKey(generateKey()) });
});
afterEach(async () => {
  await keys.close();
  rmSync(folder, { recursive: true });
});

it('makes and erases no key while the system gives no thread to write in, and does once it gives one', async () => {
  const person = randomUUID();
  threads.areRefused = true;
  for (let round = 0; round < 2; round += 1) {
    const refused = await Promise.allSettled([keys.obtain([person]), keys.obtain([randomUUID()]), keys.erase(person)]);
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'PersonKeysFault', code: 'unavailable' } });
    }
  }
  threads.areRefused = false;
  expect((await keys.obtain([person])).size).toBe(1);
  expect(await keys.erase(person)).toBe(true);
});
