import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { olderLog } from './older-log.ts';

const program = join(import.meta.dirname, 'expiring-process.ts');
const people = [randomUUID(), randomUUID()];
/** More than one expiry lists. */
const old = 450;

let folder: string;
let before: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-killed-retention-'));
  before = join(folder, 'before');
  mkdirSync(before);
  await olderLog({ dataDir: before, people, old, recent: 4 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly said: ReturnType<typeof JSON.parse>;
}

/** Runs the process on a data directory; rejects where it ended by a fault. */
function run(dataDir: string, what: string): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir };
  execFile(process.execPath, [program, what, ...people], { env }, (error, out, err) => {
    const signal = error?.signal ?? null;
    if (error !== null && signal === null) reject(new Error(err));
    else resolve({ signal, said: out === '' ? undefined : JSON.parse(out) });
  });
  return promise;
}

async function verified(dataDir: string) {
  const { code, out } = await evident(['audit', 'verify-log', '--data-dir', dataDir, '--json']);
  return { code, letGo: JSON.parse(out).letGo };
}

describe('a process that is killed at a step of letting attempts expire', () => {
  it('has let go of nothing that is not decided, and the next start does what was decided: at every step', async () => {
    const copy = (name: string) => {
      const directory = join(folder, name);
      cpSync(before, directory, { recursive: true });
      return directory;
    };
    const whole = copy('whole');
    const { steps } = (await run(whole, '0')).said;
    expect((await run(whole, 'resume')).said).toEqual({ total: old, decided: [225, 225], begins: [225, 225] });
    expect(await verified(whole)).toEqual({ code: 0, letGo: old });
    // Decided, let go of in two streams; twice, and what was done is done again first.
    expect(steps).toBeGreaterThanOrEqual(12);
    const totals = new Set<number>();
    for (const step of [1, ...Array.from({ length: steps / 2 }, (_, nth) => 2 * (nth + 1))]) {
      const directory = copy(`step-${step}`);
      expect((await run(directory, String(step))).signal).toBe('SIGKILL');
      expect([step, (await verified(directory)).code]).toEqual([step, 0]);
      const { total, decided, begins } = (await run(directory, 'resume')).said;
      totals.add(total);
      expect([step, begins]).toEqual([step, decided]);
      rmSync(directory, { recursive: true });
    }
    expect(totals).toEqual(new Set([0, 400, old]));
  }, 300_000);
});
