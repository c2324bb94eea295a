import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longSuites, suitesOfRows } from '../long-suites.ts';

const root = join(import.meta.dirname, '../..');

describe('the lists of suites', () => {
  it('name files that there are, so that no suite is lost by a new name', () => {
    const listed = [...longSuites, ...suitesOfRows];
    expect(listed.filter((suite) => !existsSync(join(root, suite)))).toEqual([]);
  });
});
