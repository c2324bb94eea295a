import { given, type Undone, type UndoStepObject, undone } from '@evident/contracts';
import { type Command, Option } from 'commander';
import { tokenIn } from '../../audit/audit-source.ts';
import { askServer } from '../../audit/remote-audit.ts';
import type { CommandContext } from '../../cli/command.ts';
import { CliProblem } from '../../cli/failure.ts';
import { type AnswerOptions, withJson } from '../../cli/store-options.ts';
import { textTable } from '../../cli/text-table.ts';
import { withRange } from './audit-options.ts';

interface UndoOptions extends AnswerOptions {
  readonly url?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly actor?: string;
  readonly from?: string;
  readonly to?: string;
  readonly apply?: boolean;
}

const more = `
Shows what would be done; --apply does it, with the rights of the token in EVIDENT_TOKEN, as new events that name what
they undo. What somebody changed since is left alone, and named. Credentials, sessions, removal and erasure cannot be
undone. Run it again where it was broken off. With --apply it exits with 1 where anything was left as it is that could
have been undone: somebody changed it since, or the rights for it were missing.

Examples:
  $ evident audit undo --url https://sso.example.com --correlation 5f2c1f0e-0d6c-4c39-9d0b-0f1f6d1f2a3b
  $ evident audit undo --actor user:0b6c… --from 2026-01-25T14:00:00Z --to 2026-01-25T15:00:00Z --apply
`;

/** Adds `undo`. It asks a server, for somebody's rights are needed. */
export function defineUndo(group: Command, { terminal, action }: CommandContext): void {
  withJson(withRange(group.command('undo')))
    .description('Takes back what a request, an event or somebody in a span of time changed.')
    .addOption(new Option('--url <url>', 'the server; its token is in EVIDENT_TOKEN').env('EVIDENT_URL'))
    .option('--correlation <id>', 'what the request with this X-Request-Id changed')
    .option('--causation <id>', 'what the event with this id caused')
    .option('--actor <actor>', 'what user:<uuid> changed between --from and --to')
    .option('--apply', 'do it')
    .addHelpText('after', more)
    .action(
      action(async ({ url, json, ...options }: UndoOptions) => {
        if (url === undefined) {
          throw new CliProblem(
            'An undo needs somebody’s rights, and so a server to ask.',
            'Give --url or EVIDENT_URL, and a token in EVIDENT_TOKEN.',
          );
        }
        const { correlation, causation, actor, from, to, apply } = options;
        const body = given({ correlation, causation, actor, from, to, apply });
        const token = tokenIn(terminal.env, '');
        const answer = await askServer(url, token, '/audit/undo', { shape: undone, method: 'POST', body });
        terminal.stdout.write(json === true ? `${JSON.stringify(answer, undefined, 2)}\n` : asText(answer));
        const isLeft = ({ standing, outcome }: UndoStepObject) =>
          outcome === null ? standing === 'conflict' : outcome !== 'done';
        return answer.complete && !(apply === true && answer.steps.some(isLeft)) ? 0 : 1;
      }),
    );
}

function asText({ events, steps, applied, complete }: Undone): string {
  if (steps.length === 0) return `${events} events, and nothing in them to undo.\n`;
  const table = textTable(
    ['subject', 'field', 'stands', 'command', 'why not'],
    steps.map(({ subject, field, standing, outcome, command, reason }) => [
      subject,
      field,
      outcome ?? standing,
      command === null ? '' : `${command.name} ${JSON.stringify(command.request)}`,
      reason ?? '',
    ]),
  );
  if (!complete) return `${table}\nTime ran out: run it again to go on.\n`;
  const ready = steps.filter(({ standing }) => standing === 'ready').length;
  return applied || ready === 0 ? table : `${table}\nNothing was done; --apply does what is ready.\n`;
}
