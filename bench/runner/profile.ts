import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../program.ts';
import type { CommandLine } from './command-line.ts';
import { type Measured, measuredOf, type Window } from './measure.ts';
import { type CpuProfile, type ProfileSummary, summarize } from './profile-summary.ts';
import type { Report } from './report.ts';
import { table } from './table.ts';

const main = join(import.meta.dirname, '../main.ts');
const profiles = join(import.meta.dirname, '../profiles');

export interface ProfileFolder {
  readonly path: string;
  /** What makes a process write one profile for each of its threads into the folder when it ends. */
  readonly env: Readonly<Record<string, string>>;
}

/** `bench/profiles/<name>`, empty. */
export function profileFolder(name: string): ProfileFolder {
  const path = join(profiles, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return { path, env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${path}` } };
}

/** Runs a program that works in the runner's own process once more, as a process that is profiled. */
export function runProfiled(program: Program, line: CommandLine, folder: ProfileFolder): Measured {
  const sizes = [...line.sizes].flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const seconds = line.seconds === undefined ? [] : ['--seconds', `${line.seconds}`];
  const args = [program.name, '--json', '--rounds', `${line.rounds}`, ...seconds, ...sizes];
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, main, ...args], {
    env: { ...process.env, ...folder.env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${program.name} ended with ${status}`);
  const { rounds, windows } = (JSON.parse(stdout) as { programs: [Report] }).programs[0];
  return measuredOf(program, rounds, windows);
}

/** Where the time of the counted rounds went, for each thread that did something. */
export function profileReport({ path }: ProfileFolder, windows: readonly Window[]): string {
  const summaries = readdirSync(path)
    .filter((file) => file.endsWith('.cpuprofile'))
    .map((file) => ({ file, ...summarize(JSON.parse(readFileSync(join(path, file), 'utf8')) as CpuProfile, windows) }))
    .filter(({ busyMs }) => busyMs > 50)
    .toSorted((a, b) => b.busyMs - a.busyMs);
  return [`profiles in ${path}\n`, ...summaries.map(printed)].join('\n');
}

function printed({ file, busyMs, spanMs, packages, functions }: ProfileSummary & { readonly file: string }): string {
  const [process = '', thread = ''] = /\.(\d+)\.(\d+)\.\d+\.cpuprofile$/.exec(file)?.slice(1) ?? [];
  const title = `process ${process}, thread ${thread}: busy ${busyMs.toFixed(0)} of ${spanMs.toFixed(0)} ms`;
  const rows = (entries: ProfileSummary['packages'], most: number) =>
    table(entries.slice(0, most).map(({ name, ms }) => [`  ${((100 * ms) / busyMs).toFixed(1).padStart(5)} %`, name]));
  return `${title}\n by package\n${rows(packages, 20)} by function, its own time\n${rows(functions, 30)}`;
}
