import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = globSync('{*,{bench,deploy,docs,examples,libs,services,tests}/**/*}.md', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'dist',
});
const prose = (path: string) => read(path).replace(/^```.*?^```$/gms, '');

/** The anchors of a page's headings, as the sites that show it make them. */
const anchorsOf = (path: string) =>
  [...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the pages', () => {
  it.each(pages)('link only to files and headings that there are: %s', (page) => {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it.each(pages)('name only files that there are: %s', (page) => {
    const named = [
      ...prose(page).matchAll(/`((?:libs|services|tests|bench|docs|deploy|examples|scripts)\/[^`\s<…*]+)`/g),
    ];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(pages.filter((page) => basename(page) === 'README.md'))('name only files of their own folder: %s', (page) => {
    const named = [...prose(page).matchAll(/`((?:src|spec|contract|adapters|bin)\/[^`\s<…*]+)`/g)];
    const missing = named.filter(([, path = '']) => !existsSync(join(root, dirname(page), path)));
    expect(missing.map(([, path]) => path)).toEqual([]);
  });
});

describe('the examples for bash', () => {
  const specs = globSync('tests/{docs,cli}/*.spec.ts', { cwd: root }).map(read);
  const shown = pages.filter((page) => /^```bash$/m.test(read(page)));

  it.each(shown)('are run by a spec that names their page: %s', (page) => {
    expect(specs.filter((text) => text.includes(`'${page}'`) || text.includes(`'${page}:`))).not.toEqual([]);
  });
});

describe('copies of the data that the pages have one make in a clone', () => {
  const made =
    /\bevident backup "?(?:\.\/)?([\w.-]+)|--into (?:\.\/)?([\w.-]+)|--to sqlite:([\w.-]+)\/|mkdir -p ([\w.-]+)/g;
  const shown = ['README.md', 'docs/backup.md', 'docs/operations.md'].map(read).join('');
  const folders = [...shown.matchAll(made)].map((match) => match.slice(1).find((name) => name !== undefined) ?? '');

  it.each([...new Set(folders)])('are nothing that git would take: %s', (folder) => {
    // It says 0 of what is ignored, 1 of what is not.
    expect(spawnSync('git', ['check-ignore', '-q', `${folder}/`], { cwd: root }).status).toBe(0);
  });
});

describe('the page that goes with the packed client', () => {
  it('links to nothing that is not packed with it', () => {
    const links = [...prose('libs/client/README.md').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => link.startsWith('../'))).toEqual([]);
  });
});

describe('the decision records', () => {
  const records = readdirSync(join(root, 'docs/adr')).filter((name) => /^\d{4}-/.test(name));

  it('have a number each', () => {
    const numbers = records.map((name) => name.slice(0, 4));
    expect(numbers).toEqual([...new Set(numbers)]);
  });

  it.each(records)('stand in the list under their number: %s', (record) => {
    const [heading = ''] = read(`docs/adr/${record}`).split('\n');
    const number = basename(record).slice(0, 4);
    expect(heading).toMatch(new RegExp(`^# ${number} `));
    expect(read('docs/adr/README.md')).toContain(`| [${number}](${record})`);
  });
});
