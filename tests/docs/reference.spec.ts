import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, isErrorCode } from '@evident/contracts';
import { eventRegistry } from '@evident/domain';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference.md'), 'utf8');
const source = globSync('{libs,services}/*/src/**/*.ts', { cwd: root, exclude: (name) => name === 'dist' })
  .filter((path) => !/\.(spec|fixture)\.ts$/.test(path))
  .map((path) => readFileSync(join(root, path), 'utf8'));

describe('docs/reference.md', () => {
  it('names exactly the scopes that the code asks about', () => {
    const scope = /'((?:read|create|update|delete|manage):(?:sso|evident)\/[a-z]+)'/g;
    const asked = new Set(source.flatMap((text) => [...text.matchAll(scope)].map(([, name = '']) => name)));
    const named = page.matchAll(/^\| `((?:read|create|update|delete|manage):[a-z/]+)` \|/gm);
    expect([...named].map(([, name = '']) => name).toSorted()).toEqual([...asked].toSorted());
  });

  it('says of each event its schema and the members that readers are shown', () => {
    const rows = eventRegistry.definitions.map(({ type, schema, data, personal, secret }) => {
      if (!(data instanceof z.ZodObject)) throw new Error(`${type} is no object`);
      const shown = Object.keys(data.shape).filter((member) => !secret.includes(member));
      const members = shown.map((member) => (personal.includes(member) ? `*${member}*` : member));
      return `| \`${type}\` | ${schema} | ${members.join(', ')} |`;
    });
    const printed = page.split('\n').filter((line) => /^\| `[a-z]+\.[a-z-]+` \| \d+ \|/.test(line));
    const ofEvents = printed.filter((line) => line.split(' | ').length === 3);
    expect(ofEvents).toEqual(rows);
  });
});

describe('docs/troubleshooting.md', () => {
  it('names only codes of the reference, under the status that they have', () => {
    const rows = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').split('\n');
    const named = rows.flatMap((row) => [...row.matchAll(/^\| (\d{3}) `([a-z]+\.[a-z-]+)` \|/g)]);
    expect(named.length).toBeGreaterThan(5);
    for (const [, status = '', code = ''] of named) {
      const { status: own } = isErrorCode(code) ? errorCodes[code] : {};
      expect([code, own]).toEqual([code, Number(status)]);
    }
  });
});
