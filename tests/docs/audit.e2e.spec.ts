import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoRules } from '@evident/evidence';
import { type Deployment, startDeployment } from '@evident/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, evident } from '../cli/evident.ts';
import { type Story, tellStory } from './audit-story.ts';
import { fence, fencesOf } from './documented-page.ts';
import { runScript } from './run-script.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
const questions = [
  ...page.matchAll(/^## (\d+\. .+?)\n[\s\S]*?```sh\nevident (.+)\n```\n\n```text\n([\s\S]*?)\n```/gm),
].map(([, title = '', command = '', answer = '']) => ({ title, command, answer }));

const policy = /^```json\n([\s\S]*?)\n```$/m.exec(page)?.[1] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'evident-policy-'));
const policyFile = join(folder, 'policy.json');

let server: Deployment;
let story: Story;
const ofStory = (text: string) =>
  text.replaceAll(/\$(\w+)/g, (_, name: string) => story[name] ?? `no ${name} in the story`);
beforeAll(async () => {
  server = await startDeployment({ shape: 'main', env: { SEAL_EVERY: '1' } });
  story = await tellStory(server);
  writeFileSync(policyFile, ofStory(policy));
  symlinkSync(bin, join(folder, 'evident'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server?.remove();
});

/** An answer without what is of one run only: times, places, and which ids there are, save which of them are the same. */
function told(answer: string): string {
  const ids: string[] = [];
  return answer
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `<uuid ${ids.indexOf(id)}>`;
    })
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[a-z0-9]+~\d{16}/g, '<position>')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** How many events and seals there are is a matter of when the log was sealed. */
const withoutCounts = (answer: string) => answer.replaceAll(/\d[\d,]*/g, '<n>');

describe('docs/audit.md', () => {
  it('asks eleven questions', () => {
    expect(questions).toHaveLength(11);
  });

  it.each(questions)('answers $title', async ({ command, answer }) => {
    const line = ofStory(command).replace('policy.json', policyFile).split(' ');
    const env = { DATA_DIR: server.dataDir, EVIDENT_TOKEN: story.token ?? '' };
    const { code, out, err } = await evident(line, { env });
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const compared = command.startsWith('audit verify-log') ? withoutCounts : (text: string) => text;
    expect(compared(told(out))).toBe(compared(told(answer)));
  });

  it('shows how somebody who is no administrator comes to ask, and checks what was proved', async () => {
    const bash = fencesOf('docs/audit.md').filter(({ language }) => language === 'bash');
    const script = bash.map(({ text }) => text.replace('http://localhost:8001', server.url)).join('');
    writeFileSync(join(folder, 'check.mjs'), fence('docs/audit.md', 'js', '// check.mjs'));
    const env = { EVIDENT_TOKEN: story.token ?? '', DATA_DIR: server.dataDir };
    const run = (text: string) => runScript(text, { programs: folder, cwd: folder, env });
    expect(await run(script)).toMatch(/^username +jdoe$/m);
    await run(`evident person erase ${story.jdoe} > certificate.json`);
    const checks = fence('docs/audit.md', 'sh', 'check.mjs');
    expect(await run(checks)).toBe('It holds.\nIt holds.\n');
    for (const file of ['proof.json', 'certificate.json']) {
      const genuine = readFileSync(join(folder, file), 'utf8');
      const forged = genuine.replace(
        /("(?:digest|erasedAt)": ?")(.)/,
        (_, before, first) => before + (first === 'f' ? 'e' : 'f'),
      );
      writeFileSync(join(folder, file), forged);
      await expect(run(`node check.mjs ${file} seals.json`)).rejects.toThrow('It does not hold.');
    }
  });

  it('says of every event whether it can be undone, and why not', () => {
    for (const [type, rule] of Object.entries(undoRules)) {
      if (rule.kind === 'cannot') expect(page).toContain(`| \`${type}\` | ${rule.because} |`);
      else if (rule.kind !== 'consequence') expect(page).toContain(`| \`${type}\` |`);
    }
  });
});
