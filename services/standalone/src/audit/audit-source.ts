import type { AuditAnswers } from '@evident/identity-projection';
import type { CommandContext } from '../cli/command.ts';
import { CliProblem } from '../cli/failure.ts';
import { configOf, type SourceOptions, serverOf } from '../cli/store-options.ts';
import { remoteAudit } from './remote-audit.ts';

/** Answers a function's questions, then lets go of what they were asked of. */
export async function withAudit<Result>(
  options: SourceOptions,
  { terminal, progress }: Pick<CommandContext, 'terminal' | 'progress'>,
  use: (answers: AuditAnswers) => Promise<Result>,
): Promise<Result> {
  const server = serverOf(options, terminal.env);
  if (server !== undefined) return use(remoteAudit(server, tokenIn(terminal.env)));
  const [{ openAuditAtHand }, { openLogAtHand }, { silentLogger: logger }] = await Promise.all([
    import('@evident/identity-projection'),
    import('../stores/log-at-hand.ts'),
    import('@evident/runtime'),
  ]);
  const config = configOf(options, terminal.env);
  const log = await openLogAtHand(config, terminal.now);
  try {
    const report = (done: number) => progress.report('Building the rows of the audit', done, 0);
    const { answers, close } = await openAuditAtHand({ config, log, logger, now: terminal.now, report });
    return await use(refusalsTold(answers)).finally(close);
  } finally {
    progress.clear();
    await log.close();
  }
}

/** `otherwise`: what may be done without a token. */
export function tokenIn(
  env: Readonly<Record<string, string | undefined>>,
  otherwise = ', or leave --url away to ask the stores',
): string {
  const token = env.EVIDENT_TOKEN;
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token;
  if (token !== undefined && token !== '') {
    throw new CliProblem(
      'EVIDENT_TOKEN holds what no token does: a space, the end of a line, or a character beyond ASCII.',
      'Set it to the token alone.',
    );
  }
  throw new CliProblem(
    'EVIDENT_TOKEN is not set, and a server answers nobody without a token or an API key.',
    `Set EVIDENT_TOKEN to an access token or API key that holds the scope${otherwise}.`,
  );
}

/** What is refused, as a problem of the command line. */
function refusalsTold(answers: AuditAnswers): AuditAnswers {
  const told = Object.entries(answers).map(([name, ask]) => [
    name,
    async (request: never) => {
      try {
        return await ask(request);
      } catch (refusal) {
        throw await asProblem(refusal);
      }
    },
  ]);
  return Object.fromEntries(told) as unknown as AuditAnswers;
}

async function asProblem(refusal: unknown): Promise<unknown> {
  const [{ AuditRefusal }, { kindOf }] = await Promise.all([
    import('@evident/identity-projection'),
    import('@evident/contracts'),
  ]);
  if (!(refusal instanceof AuditRefusal)) return refusal;
  const { details } = refusal.error;
  const message = typeof details?.reason === 'string' ? details.reason : kindOf(refusal.error).meaning;
  return new CliProblem(message, 'Correct what was asked for; --help shows what is possible.', { cause: refusal });
}
