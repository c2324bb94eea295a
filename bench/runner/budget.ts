import type { Budget } from '../program.ts';
import type { Measured } from './measure.ts';

export interface Judged {
  readonly budget: Budget;
  readonly value: number | undefined;
  readonly isMet: boolean;
}

export function judge(measured: Measured): readonly Judged[] {
  return measured.program.budget.map((budget) => {
    const value = numberOf(measured, budget.of);
    const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = budget;
    return { budget, value, isMet: value !== undefined && value >= least && value <= most };
  });
}

export function printedBudget({ of, least, most, isAim }: Budget): string {
  const bound = least === undefined ? `≤ ${most}` : `≥ ${least}`;
  return `${isAim ? 'aim: ' : ''}${of} ${bound}`;
}

function numberOf(measured: Measured, of: string): number | undefined {
  if (of === 'ratio') return measured.ratio?.median;
  if (of === 'figure') return measured.figure.median;
  return measured.also[of]?.median;
}
