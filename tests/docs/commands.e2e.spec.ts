import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evident } from '../cli/evident.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'docs/*.md', 'deploy/README.md', 'services/standalone/README.md'];
const text = globSync(pages, { cwd: root })
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n');

/** What the command line lists below `Commands:`, without its own help. */
async function listed(group: readonly string[]): Promise<readonly string[]> {
  const { out } = await evident([...group, '--help']);
  const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(out) ?? [];
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

let commands: readonly string[];
let groups: readonly string[];
beforeAll(async () => {
  const first = await listed([]);
  const below = await Promise.all(first.map(async (name) => [name, await listed([name])] as const));
  commands = below.flatMap(([name, names]) => (names.length === 0 ? [name] : names.map((each) => `${name} ${each}`)));
  groups = below.filter(([, names]) => names.length > 0).map(([name]) => name);
});

describe('the evident command and its pages', () => {
  it('each command is on a page', () => {
    expect(commands.length).toBeGreaterThan(25);
    expect(commands.filter((command) => !text.includes(`evident ${command}`))).toEqual([]);
  });

  it('each command of a page is one', () => {
    const groupsOf = groups.join('|');
    const called = text.matchAll(
      new RegExp(`\\bevident (?:auth-command |token-issuer )?((?:${groupsOf}) [a-z-]+)`, 'g'),
    );
    const named = new Set([...called].map(([, command = '']) => command));
    expect([...named].filter((command) => !commands.includes(command))).toEqual([]);
  });
});
