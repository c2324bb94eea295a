import type { Program } from '../program.ts';
import { judge, printedBudget } from './budget.ts';
import type { Measured } from './measure.ts';
import type { Spread } from './spread.ts';

/** Lines of cells, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

export function listing(programs: readonly Program[]): string {
  const rows = programs.map(({ name, measures, limit, budget }) => [
    name,
    measures,
    limit ?? '',
    budget.map(printedBudget).join(', '),
  ]);
  return table([['program', 'measures', 'beside', 'budget'], ...rows]);
}

export function measuredTable(measured: Measured): string {
  const { program, figure, limit, ratio, also } = measured;
  const rows = [
    ['', 'median', 'least', 'most'],
    [`${program.name}, ${program.unit}`, ...cells(figure)],
    ...(limit === undefined ? [] : [[`limit: ${program.limit}`, ...cells(limit)]]),
    ...(ratio === undefined ? [] : [['ratio', ...cells(ratio)]]),
    ...Object.entries(also).map(([name, spread]) => [name, ...cells(spread)]),
  ];
  const verdicts = judge(measured).map(
    ({ budget, value, isMet }) =>
      `${printedBudget(budget)}: ${printed(value ?? Number.NaN)}, ${isMet ? 'met' : 'MISSED'}`,
  );
  return `${table(rows)}${verdicts.map((verdict) => `${verdict}\n`).join('')}`;
}

function cells({ median, least, most }: Spread): string[] {
  return [printed(median), printed(least), printed(most)];
}

function printed(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3);
}
