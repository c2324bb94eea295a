import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, startDeployment, until } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin } from '../cli/evident.ts';
import { adminToken, call } from '../e2e/http.ts';
import { createApp, createUser } from '../e2e/objects.ts';
import { runScript } from './run-script.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const fences = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));
/** `npx evident …` of each sh block that has some, without what is said of it behind. */
const commands = fences
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => [...text.matchAll(/^npx (evident .+?)(?: +#.*)?$/gm)])
  .map(([, command = '']) => command);
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>;

describe('the README', () => {
  let evident: Deployment;
  beforeAll(async () => {
    evident = await startDeployment({ shape: 'main', env: { SEAL_EVERY: '1' } });
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

  describe('prints commands that do as printed, with what is there in place of what is left to the reader:', () => {
    let folder: string;
    let token: string;
    let subject: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'evident-readme-'));
      symlinkSync(bin, join(folder, 'evident'));
      symlinkSync(evident.dataDir, join(folder, 'data'));
      token = await adminToken(evident);
      subject = `user:${(await createUser(evident, token)).body.uid}`;
      await createApp(evident, token);
      writeFileSync(join(folder, 'policy.json'), '{"limits": {"perCaller": 5}}');
      const sealed = async () => {
        const { body } = await call(evident, '/audit/log/seals', { token });
        return body.seals.length > 0 ? body : undefined;
      };
      writeFileSync(join(folder, 'seals.json'), JSON.stringify(await until(sealed, { what: 'a seal' })));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(commands.filter((command) => !command.includes('esdb:')))('%s', async (command) => {
      const left = { 'user:0b6c…': subject, '5f2c…': 'monday-1', '--url …': `--url ${evident.url}` };
      const script = Object.entries(left).reduce((text, [blank, value]) => text.replace(blank, value), command);
      const env = { EVIDENT_TOKEN: token };
      expect(await runScript(script, { programs: folder, env, cwd: folder })).not.toBe('');
    });
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
