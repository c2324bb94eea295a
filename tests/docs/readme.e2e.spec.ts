import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const fences = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>;

describe('the README', () => {
  let evident: Deployment;
  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main' });
  });
  afterAll(() => evident?.remove());

  it('prints a walk-through that runs as printed and ends in the printed answer, values aside', () => {
    const walk = fences.find(({ language }) => language === 'bash')?.text ?? '';
    const blank = 'the password that it printed';
    expect(walk).toContain(blank);
    const script = walk.replace(blank, evident.administrator.password).replace('http://localhost:8001', evident.url);
    // Another terminal than the one in which it was started: nothing that was set there counts.
    const env = { PATH: process.env.PATH };
    const output = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8', env });
    const answer = output.slice(output.lastIndexOf('{"authorized"'));
    const printed = fences.find(({ language }) => language === 'json')?.text ?? '';
    const now = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g;
    expect(answer.trim().replace(now, '')).toBe(printed.trim().replace(now, ''));
  });

  it('names only npm scripts that there are', () => {
    const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    expect(scripts.start).toBeDefined();
    expect(scripts.test).toBeDefined();
  });

  it('names only commands that evident has', () => {
    const commands = [...readme.matchAll(/^npx evident (\w[\w-]*)(?: ([a-z][\w-]*))?/gm)];
    const help = (args: readonly string[]) =>
      execFileSync(process.execPath, [join(root, 'services/standalone/bin/evident.mjs'), ...args, '--help'], {
        encoding: 'utf8',
      });
    expect(commands.length).toBeGreaterThan(0);
    for (const [, command, sub] of commands) {
      expect(help([command ?? '', ...(sub === undefined ? [] : [sub])])).toMatch(new RegExp(`evident ${command}`));
    }
  });

  it('points only to files that there are', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, path]) => path ?? '')
      .filter((path) => !path.startsWith('http'));
    const shown = [...readme.matchAll(/`((?:libs|services|tests|bench|docs)\/[^`\s]+)`/g)].map(
      ([, path]) => path ?? '',
    );
    expect([...links, ...shown].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
