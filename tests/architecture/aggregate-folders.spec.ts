import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const files = readSourceFiles().filter(({ path }) => path.startsWith('libs/domain/src/'));
const filesOf = (folder: string) =>
  files.filter(({ path }) => dirname(path) === folder).map(({ path }) => basename(path));

describe('an aggregate', () => {
  it('has its commands, events, state and decisions in files of these names, so that who read one finds any other', () => {
    const folders = files.filter(({ path }) => basename(path) === 'decide.ts').map(({ path }) => dirname(path));
    expect(folders.length).toBeGreaterThan(15);
    const parts = ['commands.ts', 'events.ts', 'state.ts', 'decide.spec.ts', 'index.ts'];
    const missing = folders.flatMap((folder) =>
      parts.filter((part) => !filesOf(folder).includes(part)).map((part) => `${folder}/${part}`),
    );
    expect(missing).toEqual([]);
  });
});
