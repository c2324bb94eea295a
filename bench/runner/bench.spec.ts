import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Program, Resource } from '../program.ts';
import { programs } from '../programs.ts';
import { bench } from './bench.ts';

const asked = [
  'verify-distinct',
  'verify-repeated',
  'token-check',
  'api-key-check',
  'read-user',
  'sign-in',
  'refresh',
  'append',
  'follow-lag',
  'rebuild',
  'feed',
  'cold-start',
  'memory',
  'split-vs-standalone',
  'scale',
  'saturation',
];

let folder: string;
let baselineFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evident-bench-spec-'));
  baselineFile = join(folder, 'baseline.json');
  writeFileSync(baselineFile, '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(args: readonly string[], from: readonly Program[]) {
  const printed: string[] = [];
  const warned: string[] = [];
  const code = await bench({
    args,
    programs: from,
    baselineFile,
    print: (text) => printed.push(text),
    warn: (text) => warned.push(text),
  });
  return { code, printed: printed.join(''), warned: warned.join('') };
}

/** Answers the figures in turn, beside a limit of 100. */
function scripted(figures: readonly number[], more: Partial<Program> = {}): Program {
  return {
    name: 'scripted',
    measures: 'nothing',
    unit: 'per second',
    limit: 'a hundred',
    budget: [{ of: 'ratio', least: 0.5 }],
    run: async ({ number }) => ({ figure: figures[number] ?? 0, limit: 100 }),
    ...more,
  };
}

describe('the list', () => {
  it('has every program with what it measures and its budget', async () => {
    const { code, printed } = await run([], programs);
    expect(code).toBe(0);
    for (const name of asked) expect(printed).toMatch(new RegExp(`^${name} +\\S`, 'm'));
    expect(printed).toMatch(/^verify-distinct .*bare argon2id.*ratio ≥ 0.9/m);
  });

  it('has no name twice', () => {
    const names = programs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a run', () => {
  it('of a real program says figure, limit, ratio and spread', async () => {
    const args = ['token-verify', '--rounds', '2', '--seconds', '0.02', '--set', 'tokens=20', '--json'];
    const { printed, warned } = await run(args, programs);
    const [report] = JSON.parse(printed).programs;
    expect(report).toMatchObject({ name: 'token-verify', unit: 'per second', rounds: [{}, {}] });
    for (const spread of [report.figure, report.limit, report.ratio]) {
      expect(spread.median).toBeGreaterThan(0);
      expect(spread.least).toBeLessThanOrEqual(spread.most);
    }
    expect(warned).toMatch(/\d+ cores/);
    expect(warned).toMatch(/^limit: jose/m);
  });

  it('does not count the round that warms up, and takes the ratio round by round', async () => {
    const { printed } = await run(['scripted', '--rounds', '3', '--json'], [scripted([1, 40, 60, 80])]);
    const [report] = JSON.parse(printed).programs;
    expect(report.figure).toEqual({ median: 60, least: 40, most: 80 });
    expect(report.ratio).toEqual({ median: 0.6, least: 0.4, most: 0.8 });
    expect(report.budget).toEqual([{ of: 'ratio', least: 0.5, value: 0.6, isMet: true }]);
  });

  it('counts a shorter time as more of its limit', async () => {
    const slower = scripted([200, 200], { unit: 'ms', budget: [{ of: 'figure', most: 150 }] });
    const { printed } = await run(['scripted', '--rounds', '1'], [slower]);
    expect(printed).toMatch(/^ratio +0\.500/m);
    expect(printed).toMatch(/^figure ≤ 150: 200, MISSED$/m);
  });

  it('makes a resource once and closes the latest first, also where a round fails', async () => {
    const seen: string[] = [];
    const resource =
      (name: string, under?: Resource<string>): Resource<string> =>
      async ({ use }) => {
        if (under !== undefined) await use(under);
        seen.push(`open ${name}`);
        return { value: name, close: () => seen.push(`close ${name}`) };
      };
    const server = resource('server');
    const users = resource('users', server);
    const failing = scripted([], {
      run: async ({ number, use }) => {
        await use(users);
        await use(server);
        if (number === 1) throw new Error('a round failed');
        return { figure: 1, limit: 1 };
      },
    });
    await expect(run(['scripted'], [failing])).rejects.toThrow('a round failed');
    expect(seen).toEqual(['open server', 'open users', 'close users', 'close server']);
  });

  it('of a name that no program has is refused', async () => {
    expect(await run(['nothing'], programs)).toMatchObject({ code: 2, warned: /no program nothing/ });
  });
});

describe('a command line', () => {
  it('that asks for help gets the usage', async () => {
    const { code, printed } = await run(['scripted', '--help'], [scripted([])]);
    expect([code, printed]).toEqual([0, expect.stringMatching(/^npm run bench .*--rounds/s)]);
  });

  it('may set a size to nothing', async () => {
    const sizes: number[] = [];
    const sized = scripted([], {
      run: async ({ option }) => {
        sizes.push(option('warm', 1));
        return { figure: 1, limit: 1 };
      },
    });
    await run(['scripted', '--set', 'warm=0', '--rounds', '1'], [sized]);
    expect(sizes).toEqual([0, 0]);
  });

  it.each([
    [['--nosuch'], /'--nosuch'/],
    [['--seconds', '--json'], /'--seconds' argument is ambiguous/],
    [['--seconds', 'x'], /--seconds is a number above 0, not "x"/],
    [['--rounds', '0'], /--rounds is a whole number above 0, not "0"/],
    [['--rounds', '0.5'], /--rounds is a whole number above 0, not "0.5"/],
    [['--set', 'x'], /--set is name=number, not "x"/],
    [['--set', '=3'], /--set is name=number, not "=3"/],
    [['--set', 'x=many'], /--set is name=number, not "x=many"/],
    [['--set', 'x=-1'], /--set is name=number, not "x=-1"/],
    [['--check', '--update'], /--check or --update, not both/],
  ])('that makes no sense is answered in one line, with 2: %j', async (args, problem) => {
    const { code, warned } = await run([...args, 'scripted'], [scripted([])]);
    expect(code).toBe(2);
    expect(warned).toMatch(problem);
    expect(warned.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the baseline', () => {
  const agreed = (ratio: number) => writeFileSync(baselineFile, JSON.stringify({ scripted: { ratio, noise: 0.1 } }));
  const check = () => run(['--check', '--rounds', '1'], [scripted([50, 50])]);

  it('fails the check of a ratio that fell by more than its noise', async () => {
    agreed(0.6);
    const { code, printed } = await check();
    expect(printed).toMatch(/scripted: ratio 0.500 is below 0.540/);
    expect(code).toBe(1);
  });

  it('passes one that fell by less, and one that rose', async () => {
    for (const ratio of [0.55, 0.2]) {
      agreed(ratio);
      expect((await check()).code).toBe(0);
    }
  });

  it('is renewed with the ratio and the noise of the rounds, and keeps the other programs', async () => {
    writeFileSync(baselineFile, JSON.stringify({ other: { ratio: 1, noise: 0.1 } }));
    await run(['--update', 'scripted', '--rounds', '2'], [scripted([0, 40, 60])]);
    const renewed = JSON.parse(readFileSync(baselineFile, 'utf8'));
    expect(renewed).toEqual({ other: { ratio: 1, noise: 0.1 }, scripted: { ratio: 0.5, noise: 0.2 } });
  });
});
