import { describe, expect, it } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const files = readSourceFiles();
const sources = files.filter((file) => !file.isSpec && file.zone !== 'contract');

describe('file size', () => {
  it('stays below 350 lines for a source file and 500 for a spec', () => {
    const limit = (file: (typeof files)[number]) => (file.isSpec || file.zone === 'contract' ? 500 : 350);
    expect(files.filter((file) => file.lines > limit(file)).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('has a median below 80 lines and nine in ten below 220', () => {
    const lines = sources.map((file) => file.lines).toSorted((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThan(80);
    expect(lines[Math.floor(lines.length * 0.9)]).toBeLessThan(220);
  });
});
