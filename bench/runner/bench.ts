import { availableParallelism, cpus } from 'node:os';
import type { Program } from '../program.ts';
import { type Baseline, check, readBaseline, renewed, writeBaseline } from './baseline.ts';
import { type CommandLine, readCommandLine, usage } from './command-line.ts';
import { type Measured, measure } from './measure.ts';
import { profileFolder, profileReport, runProfiled } from './profile.ts';
import { reportOf } from './report.ts';
import { listing, measuredTable } from './table.ts';

export interface BenchOptions {
  readonly args: readonly string[];
  readonly programs: readonly Program[];
  readonly baselineFile: string;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Standard error. */
  readonly warn: (text: string) => void;
}

/** The whole command; resolves with the exit code: 1 where a check failed, 2 where the command was not understood. */
export async function bench({ args, programs, baselineFile, print, warn }: BenchOptions): Promise<number> {
  const line = readCommandLine(args);
  if (typeof line === 'string') return misused(line, warn);
  if (line.mode === 'help') {
    print(usage);
    return 0;
  }
  if (line.mode === 'list') {
    print(`${listing(programs)}\n${usage}`);
    return 0;
  }
  const baseline = readBaseline(baselineFile);
  const chosen = choose(programs, line, baseline);
  if (typeof chosen === 'string') return misused(chosen, warn);
  const say = line.isJson ? warn : print;
  say(`${machine()}; ${line.rounds} rounds\n`);
  const all: Measured[] = [];
  for (const program of chosen) {
    say(`\n${program.name}: ${program.measures}\n`);
    const { measured, profile } = await run(program, line);
    all.push(measured);
    say(measuredTable(measured));
    if (profile !== undefined) say(`\n${profile}`);
  }
  if (line.isJson) print(`${JSON.stringify({ machine: machine(), programs: all.map(reportOf) }, null, 2)}\n`);
  if (line.mode === 'update') writeBaseline(baselineFile, all.reduce(renewed, baseline));
  return line.mode === 'check' ? verdict(all, baseline, say) : 0;
}

function misused(problem: string, warn: BenchOptions['warn']): number {
  warn(`${problem}\n`);
  return 2;
}

async function run(program: Program, line: CommandLine): Promise<{ measured: Measured; profile?: string }> {
  if (!line.isProfiled) return { measured: await measure(program, { ...line, serverEnv: {} }) };
  const folder = profileFolder(program.name);
  const measured = program.isHere
    ? runProfiled(program, line, folder)
    : await measure(program, { ...line, serverEnv: folder.env });
  return { measured, profile: profileReport(folder, measured.windows) };
}

function choose(programs: readonly Program[], line: CommandLine, baseline: Baseline): readonly Program[] | string {
  const unknown = line.names.filter((name) => !programs.some((program) => program.name === name));
  if (unknown.length > 0) return `there is no program ${unknown.join(', ')}; npm run bench lists them`;
  if (line.names.length > 0) return programs.filter(({ name }) => line.names.includes(name));
  const isAgreed = ({ name }: Program) => baseline[name] !== undefined;
  return line.mode === 'check' ? programs.filter(isAgreed) : programs.filter(({ limit }) => limit !== undefined);
}

function verdict(all: readonly Measured[], baseline: Baseline, say: (text: string) => void): number {
  const checked = all.flatMap((measured) => check(measured, baseline) ?? []);
  const fallen = checked.filter(({ isKept }) => !isKept);
  for (const { name, ratio, floor } of fallen) say(`${name}: ratio ${ratio.toFixed(3)} is below ${floor.toFixed(3)}\n`);
  say(`${checked.length} ratios checked, ${fallen.length} have fallen\n`);
  return fallen.length > 0 ? 1 : 0;
}

function machine(): string {
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`;
}
