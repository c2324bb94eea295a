import type { ConfigProblem } from './environment.ts';

/** One message for an operator: each faulty variable on a line, with what to write. Values are never in it. */
export function describeProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ variable, message }) => `${variable} ${message}.`);
  return lines.length === 1 ? `${lines[0]}` : `${lines.length} variables are wrong:\n  ${lines.join('\n  ')}`;
}
