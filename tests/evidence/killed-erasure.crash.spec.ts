import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, call } from '../e2e/http.ts';

import { copyOf, runStepping, stepsToDieAt } from './killed-at-each-step.ts';

let folder: string;
/** A deployment that has ended, with a person in it. */
let before: string;
let uid: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evident-killed-erasure-'));
  const server = await startDeployment({ shape: 'main', dataDir: join(folder, 'before') });
  before = server.dataDir;
  const token = await adminToken(server);
  const json = { identifier: 'zebulon@vexing.example', password: 'a good password', name: 'Zebulon', roles: [] };
  ({ uid } = (await call(server, '/api/sso/v1/users', { token, json })).body);
  expect(await server.stop()).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (dataDir: string, what: string) => runStepping('erasing-process.ts', dataDir, [uid, what]);

const untouched = { resumed: 0, key: 'there', erased: false, isActive: true, name: 'Zebulon' };
const erased = { key: 'deleted', erased: true, isActive: false, name: '' };

describe('a process that is killed at a step of an erasure', () => {
  it('leaves the person untouched, or erased after the next start: at every step', async () => {
    const copy = (name: string) => copyOf(before, folder, name);
    const whole = copy('whole');
    const { steps } = (await run(whole, '0')).said;
    expect((await run(whole, 'resume')).said).toEqual({ ...erased, resumed: 0 });
    // Asked for, ended, key deleted, the name released, done: before and after each.
    expect(steps).toBeGreaterThanOrEqual(10);
    const found: string[] = [];
    for (const step of stepsToDieAt(steps)) {
      const directory = copy(`step-${step}`);
      expect((await run(directory, String(step))).signal).toBe('SIGKILL');
      const { said } = await run(directory, 'resume');
      found.push(said.erased ? 'erased' : 'untouched');
      const begun = step > 1;
      const completed = step === steps;
      expect([step, said]).toEqual([step, begun ? { ...erased, resumed: completed ? 0 : 1 } : untouched]);
      rmSync(directory, { recursive: true });
    }
    expect(new Set(found)).toEqual(new Set(['untouched', 'erased']));
  }, 300_000);
});
