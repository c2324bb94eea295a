import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';
import { copyOf, runStepping, stepsToDieAt } from './killed-at-each-step.ts';
import { olderLog } from './older-log.ts';

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

const run = (dataDir: string, what: string) => runStepping('expiring-process.ts', dataDir, [what, ...people]);

async function verified(dataDir: string) {
  const { code, out } = await evident(['audit', 'verify-log', '--data-dir', dataDir, '--json']);
  return { code, letGo: JSON.parse(out).letGo };
}

describe('a process that is killed at a step of letting attempts expire', () => {
  it('has let go of nothing that is not decided, and the next start does what was decided: at every step', async () => {
    const copy = (name: string) => copyOf(before, folder, name);
    const whole = copy('whole');
    const { steps } = (await run(whole, '0')).said;
    expect((await run(whole, 'resume')).said).toEqual({ total: old, decided: [225, 225], begins: [225, 225] });
    expect(await verified(whole)).toEqual({ code: 0, letGo: old });
    // Decided, let go of in two streams; twice, and what was done is done again first.
    expect(steps).toBeGreaterThanOrEqual(12);
    const totals = new Set<number>();
    for (const step of stepsToDieAt(steps)) {
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
