import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireConfig, Shutdown, StartupProblem } from '@evident/runtime';
import { silentLogger as logger } from '@evident/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandalone } from '../src/start-standalone.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evident-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function startWith(env: Readonly<Record<string, string>>) {
  const dataDir = join(folder, 'data');
  const { config } = requireConfig({ PORT: '0', DATA_DIR: dataDir, ...env }, 'standalone');
  const shutdown = new Shutdown({ logger });
  const problem: unknown = await startStandalone(config, logger, shutdown).catch((error: unknown) => error);
  return { problem, isThere: existsSync(dataDir) };
}

describe('a first administrator who cannot be made', () => {
  it.each([
    [{ ADMIN_PASSWORD: 'password' }, 'ADMIN_PASSWORD', 'it is on the list of common passwords'],
    [{ ADMIN_PASSWORD: 'Rosa@example.com', ADMIN_EMAIL: 'rosa@example.com' }, 'ADMIN_PASSWORD', 'it must not be'],
    [{ ADMIN_USERNAME: 'somebody@else' }, 'ADMIN_USERNAME', 'it may hold an @ only'],
  ])('leaves no data directory behind: %j', async (env, variable, why) => {
    const { problem, isThere } = await startWith(env);
    expect(problem).toBeInstanceOf(StartupProblem);
    expect(problem).toMatchObject({
      message: expect.stringContaining(`${variable} cannot be used for the first administrator: ${why}`),
      remedy: `Set another ${variable}.`,
    });
    expect(isThere).toBe(false);
  });
});
