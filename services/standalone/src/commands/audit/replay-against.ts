import { readFileSync } from 'node:fs';
import { given, type ReplayPolicy } from '@evident/contracts';
import { withAudit } from '../../audit/audit-source.ts';
import type { CommandContext } from '../../cli/command.ts';
import { CliProblem } from '../../cli/failure.ts';
import type { AskOptions } from './audit-options.ts';
import { written } from './written.ts';

export interface ReplayAgainstOptions extends AskOptions {
  readonly against: string;
  readonly from?: string;
  readonly to?: string;
  readonly app?: string;
}

/** Runs recorded sign-ins against a changed policy and prints those whose outcome would differ. */
export async function replayAgainst(options: ReplayAgainstOptions, context: CommandContext): Promise<void> {
  const { terminal, progress } = context;
  const [{ replayedSignIns }, { PolicyReport, differenceObject, differencesTable }] = await Promise.all([
    import('../../audit/replayed-sign-ins.ts'),
    import('../../audit/policy-report.ts'),
  ]);
  const policy = await policyIn(options.against);
  const { from, to, app, json = false } = options;
  const report = new PolicyReport();
  await withAudit(options, context, async (answers) => {
    let isFirst = true;
    for await (const page of replayedSignIns(answers, given({ policy, from, to, app }))) {
      for (const each of page) report.add(each);
      progress.report('Replaying sign-ins', report.totals().attempts, 0);
      const differences = page.filter(({ differs }) => differs);
      if (differences.length === 0) continue;
      progress.clear();
      const lines = differences.map((each) => `${JSON.stringify(differenceObject(each))}\n`).join('');
      await written(terminal.stdout, json ? lines : differencesTable(differences, isFirst));
      isFirst = false;
    }
    progress.clear();
    if (json) terminal.stdout.write(`${JSON.stringify({ end: true, ...report.totals() })}\n`);
    else terminal.stdout.write(`${isFirst ? '' : '\n'}${report.asText()}`);
  });
}

async function policyIn(file: string): Promise<ReplayPolicy> {
  const { readPolicy } = await import('@evident/evidence');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliProblem(`${file} cannot be read.`, 'Give the path of a policy file.', { cause: error });
  }
  const read = readPolicy(text);
  if (read.ok) return read.policy;
  const problems = read.problems.map((problem) => `\n- ${problem}`).join('');
  throw new CliProblem(`${file} is no policy:${problems}`, 'docs/audit.md shows one, and what each member means.');
}
