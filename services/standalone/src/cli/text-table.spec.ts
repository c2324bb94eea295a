import { describe, expect, it } from 'vitest';
import { factList, textTable } from './text-table.ts';

describe('a table', () => {
  it('lines its columns up, with no blanks at line ends', () => {
    expect(
      textTable(
        ['name', 'count'],
        [
          ['a', '1'],
          ['longer', ''],
        ],
      ),
    ).toBe('NAME    COUNT\na       1\nlonger\n');
  });

  it('keeps a cell of several lines in its column', () => {
    expect(
      textTable(
        ['check', 'found'],
        [
          ['log', 'damaged\n→ restore'],
          ['disk', 'full'],
        ],
      ),
    ).toBe('CHECK  FOUND\nlog    damaged\n       → restore\ndisk   full\n');
  });

  it('is only its header where there are no rows', () => {
    expect(textTable(['a'], [])).toBe('A\n');
  });
});

describe('a list of facts', () => {
  it('lines the values up', () => {
    expect(
      factList([
        ['Log', 'x'],
        ['Person keys', '3'],
      ]),
    ).toBe('Log          x\nPerson keys  3\n');
  });
});
