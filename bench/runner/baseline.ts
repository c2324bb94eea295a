import { readFileSync, writeFileSync } from 'node:fs';
import type { Measured } from './measure.ts';
import { relativeNoise } from './spread.ts';

/** The ratio that a program had when it was last agreed on, and by what share of it a run may fall below it. */
export interface BaselineEntry {
  readonly ratio: number;
  readonly noise: number;
}
export type Baseline = Readonly<Record<string, BaselineEntry>>;

export interface Checked {
  readonly name: string;
  readonly ratio: number;
  readonly floor: number;
  readonly isKept: boolean;
}

/** Two runs of one minute differ by more than the rounds within one of them. */
const leastNoise = 0.1;

export function readBaseline(file: string): Baseline {
  return JSON.parse(readFileSync(file, 'utf8')) as Baseline;
}

export function writeBaseline(file: string, baseline: Baseline): void {
  const sorted = Object.fromEntries(Object.entries(baseline).toSorted(([a], [b]) => a.localeCompare(b)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Undefined where there is no ratio, or none to hold it against. */
export function check(measured: Measured, baseline: Baseline): Checked | undefined {
  const { name } = measured.program;
  const agreed = baseline[name];
  if (agreed === undefined || measured.ratio === undefined) return undefined;
  const floor = agreed.ratio * (1 - agreed.noise);
  return { name, ratio: measured.ratio.median, floor, isKept: measured.ratio.median >= floor };
}

export function renewed(baseline: Baseline, measured: Measured): Baseline {
  if (measured.ratio === undefined) return baseline;
  const noise = Math.max(leastNoise, relativeNoise(measured.ratio));
  return { ...baseline, [measured.program.name]: { ratio: rounded(measured.ratio.median), noise: rounded(noise) } };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
