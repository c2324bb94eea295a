import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const root = join(import.meta.dirname, '../..');
const pureRooms = ['libs/domain', 'libs/authorization'];
const sources = readSourceFiles().filter(
  ({ room, zone, isSpec }) => pureRooms.includes(room) && zone === 'src' && !isSpec,
);
/** What runs of a file. */
const codeOf = (path: string) => readFileSync(join(root, path), 'utf8').replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
const namedIn = (pattern: RegExp) =>
  sources.flatMap(({ path }) => [...codeOf(path).matchAll(pattern)].map(([found]) => `${path}: ${found}`));

describe('a rule that decides', () => {
  it('asks for no clock, no chance, no environment and no I/O: all that comes with the command', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bMath\.random\b|\bcrypto\.|\bprocess\.|\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\(|\bglobalThis\b|\bconsole\.|\basync\b|\bawait\b/g;
    expect(sources.length).toBeGreaterThan(50);
    expect(namedIn(impure)).toEqual([]);
  });

  it('throws nothing: only a registry of events that contradicts itself does, when it is made', () => {
    const registry = 'libs/domain/src/event-registry.ts: throw';
    expect(namedIn(/\bthrow\b/g).filter((found) => found !== registry)).toEqual([]);
  });
});
