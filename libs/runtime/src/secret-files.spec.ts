import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'evident-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = Buffer.alloc(32, 7);

function fileOf(content: string): string {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, content);
  return path;
}
function problemsOf(env: Record<string, string>) {
  const outcome = loadConfig(env, { service: 'standalone' });
  return outcome.ok ? [] : outcome.problems.map(({ variable, message }) => `${variable} ${message}`);
}

describe('a secret in a file', () => {
  it('is the value of its variable, without the line end', () => {
    const outcome = loadConfig(
      {
        MASTER_KEY_FILE: fileOf(`${key.toString('base64')}\n`),
        NATS_URL_FILE: fileOf('nats://user:secret@127.0.0.1:4222\r\n'),
      },
      { service: 'standalone' },
    );
    if (!outcome.ok) throw new Error('refused');
    expect(outcome.config.keys.master).toEqual({ from: 'environment', key });
    expect(outcome.config.nats?.servers).toEqual(['nats://user:secret@127.0.0.1:4222']);
  });

  it('is refused beside the variable itself, and an empty variable is none', () => {
    const file = fileOf(key.toString('base64'));
    expect(problemsOf({ DATA_KEY_FILE: file, DATA_KEY: key.toString('base64') })).toEqual([
      'DATA_KEY is given together with DATA_KEY_FILE; give one of the two',
    ]);
    expect(problemsOf({ DATA_KEY_FILE: file, DATA_KEY: '' })).toEqual([]);
  });

  it.each([
    ['that is not there', () => join(folder, 'none')],
    ['that is a directory', () => folder],
    ['that is far too large for a secret', () => fileOf('x'.repeat(65 * 1024))],
  ])('%s is one clear problem', (_which, path) => {
    expect(problemsOf({ ADMIN_PASSWORD_FILE: path() })).toEqual([
      'ADMIN_PASSWORD cannot be read: ADMIN_PASSWORD_FILE must name a readable file',
    ]);
  });

  it('that is empty is not taken for an absent one', () => {
    expect(problemsOf({ ADMIN_PASSWORD_FILE: fileOf('\n') })).toEqual([
      'ADMIN_PASSWORD is empty in the file that ADMIN_PASSWORD_FILE names',
    ]);
  });

  it('is judged like any value, and never repeated', () => {
    const [problem] = problemsOf({ MASTER_KEY_FILE: fileOf('hunter2') });
    expect(problem).toMatch(/^MASTER_KEY must be/);
    expect(problem).not.toContain('hunter2');
  });
});
