import { describe, expect, it } from 'vitest';
import { folderCircles, importCircles } from './import-circles.ts';
import { readSourceFiles, type SourceFile } from './source-files.ts';

const file = (path: string, ...imported: readonly string[]): SourceFile => ({
  ...{ path, room: 'libs/x', zone: 'src', isSpec: false, lines: 1 },
  imports: imported.map((specifier) => ({ specifier, typeOnly: true })),
});

describe('files', () => {
  it('lead nowhere back to themselves by what they import, be it a type, so that each can be read after those it stands on', () => {
    const files = readSourceFiles(['{libs,services,bench,tests,examples}/**/*.ts']);
    expect(files.length).toBeGreaterThan(1_500);
    expect(importCircles(files)).toEqual([]);
  });

  it('that do are found, each circle once, and whoever leads into one is no part of it', () => {
    const files = [
      file('libs/x/src/a.ts', './b.ts'),
      file('libs/x/src/b.ts', './c/c.ts', './d.ts'),
      file('libs/x/src/c/c.ts', '../b.ts', 'node:fs'),
      file('libs/x/src/d.ts', './e.ts'),
      file('libs/x/src/e.ts', './d.ts'),
    ];
    expect(importCircles(files)).toEqual([
      ['libs/x/src/b.ts', 'libs/x/src/c/c.ts'],
      ['libs/x/src/d.ts', 'libs/x/src/e.ts'],
    ]);
  });
});

describe('folders beside each other', () => {
  it('lead one way, so that each can be read after those it stands on', () => {
    const files = readSourceFiles(['{libs,services,bench,examples}/**/*.ts']).filter(({ isSpec }) => !isSpec);
    expect(files.length).toBeGreaterThan(1_000);
    expect(folderCircles(files)).toEqual([]);
  });

  it('that do not are found at any depth; a file beside them makes no circle', () => {
    const files = [
      file('libs/x/src/index.ts', './a/one.ts'),
      file('libs/x/src/a/one.ts', '../index.ts', '../b/deep/two.ts'),
      file('libs/x/src/b/deep/two.ts', './three.ts'),
      file('libs/x/src/b/four.ts', '../c/five.ts'),
      file('libs/x/src/c/five.ts', '../a/six.ts', '../d/seven.ts'),
      file('libs/x/src/d/seven.ts', './eight.ts'),
    ];
    expect(folderCircles(files)).toEqual([['libs/x/src/a', 'libs/x/src/b', 'libs/x/src/c']]);
  });
});
