/** One row of a benchmark's answer: what was measured in each round, and beside what. */
export interface Figure {
  readonly what: string;
  readonly perSecond: readonly number[];
  /** The raw limit, measured in the same rounds. */
  readonly beside?: readonly number[];
  /** The least share of it that is good enough. */
  readonly budget?: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Medians, with the share of the limit computed round by round, because the machine's speed wanders. */
export function ratioTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, perSecond, beside, budget }) => {
    const ratio =
      beside === undefined ? undefined : median(perSecond.map((value, round) => value / (beside[round] ?? Number.NaN)));
    const share = ratio === undefined ? '' : ratio.toFixed(2);
    return [what, median(perSecond).toFixed(0), share, budget === undefined ? '' : `≥ ${budget}`];
  });
  const header = ['what', 'per second', 'share', 'budget'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`;
  return [header, ...rows].map(line).join('');
}
