import type { Sample } from '../program.ts';
import { judge } from './budget.ts';
import type { Measured, Window } from './measure.ts';

export interface Report {
  readonly rounds: readonly Sample[];
  readonly windows: readonly Window[];
  readonly [member: string]: unknown;
}

/** One program's part of the JSON. */
export function reportOf(measured: Measured): Report {
  const { program, figure, limit, ratio, also, samples, windows } = measured;
  return {
    name: program.name,
    measures: program.measures,
    unit: program.unit,
    figure,
    ...(limit === undefined ? {} : { limit: { of: program.limit, ...limit } }),
    ...(ratio === undefined ? {} : { ratio }),
    also,
    budget: judge(measured).map(({ budget, value, isMet }) => ({ ...budget, value, isMet })),
    rounds: samples,
    windows,
  };
}
