import { given } from '@evident/contracts';
import type { AuditAnswers } from '@evident/identity-projection';
import { type Command, Option } from 'commander';
import { withAudit } from '../../audit/audit-source.ts';
import {
  accessTable,
  diffTable,
  eventsTable,
  historyTable,
  signInsTable,
  stateFacts,
} from '../../audit/audit-tables.ts';
import { subjectNames } from '../../audit/subject-names.ts';
import type { CommandContext } from '../../cli/command.ts';
import { type AskOptions, pageSize, withAuditSource, withRange } from './audit-options.ts';

type Ask<Asked> = Parameters<typeof withAudit<Asked>>[2];

/** Adds the commands that ask one question and print the answer, as a table or as the JSON that the server would give. */
export function defineQuestions(group: Command, context: CommandContext): void {
  const { terminal, action } = context;

  const answer = async <Answer extends object>(
    options: AskOptions,
    ask: Ask<Answer>,
    show: (answer: Answer, answers: AuditAnswers) => string | Promise<string>,
  ): Promise<number> => {
    const { answered, text } = await withAudit(options, context, async (answers) => {
      const answered = await ask(answers);
      const text = options.json === true ? `${JSON.stringify(answered, undefined, 2)}\n` : show(answered, answers);
      return { answered, text: await text };
    });
    terminal.stdout.write(text);
    const { next, position }: { readonly next?: unknown; readonly position?: unknown } = answered;
    // What was asked about now would be asked about a later moment with the next page.
    const moment = typeof position === 'string' ? `--at ${position} ` : '';
    if (options.json !== true && typeof next === 'string') terminal.stderr.write(`More: ${moment}--after ${next}\n`);
    return 0;
  };

  const page = (command: Command) =>
    withAuditSource(command)
      .option('--after <next>', 'go on where the page before ended')
      .option('--limit <n>', 'at most so many, up to 1000', pageSize, 50);

  page(withRange(group.command('events').description('Finds events: by whom, about whom, because of what, and when.')))
    .option('--subject <subject>', 'about whom or what: user:<uuid>, app:<uuid>, …')
    .option('--actor <actor>', 'by whom: user:<uuid>, app:<uuid>, system, …')
    .option('--type <types>', 'of these types: user.*,role.changed')
    .option('--correlation <id>', 'caused by the request with this X-Request-Id')
    .option('--causation <id>', 'caused by the event with this id')
    .addOption(new Option('--order <order>', 'oldest or newest first').choices(['asc', 'desc']).default('asc'))
    .action(
      action(async (options: EventsOptions) => {
        const { subject, actor, type: types, correlation, causation, from, to, after, limit, order } = options;
        const filter = given({ subject, actor, types, correlation, causation, from, to, after, limit, order });
        return answer(
          options,
          (answers) => answers.auditEvents(filter),
          ({ events }) => eventsTable(events),
        );
      }),
    );

  withAuditSource(group.command('history').description('Everything that changed about a subject, with who did it.'))
    .argument('<subject>', 'user:<uuid>, app:<uuid>, role:<uuid>, …')
    .action(
      action(async (subject: string, options: AskOptions) =>
        answer(
          options,
          async (answers) => {
            const changes = [];
            for (let after: string | undefined, done = false; !done; ) {
              const piece = await answers.auditHistory(given({ subject, after }));
              changes.push(...piece.changes);
              after = piece.next ?? undefined;
              done = after === undefined;
            }
            return { subject, changes };
          },
          historyTable,
        ),
      ),
    );

  withAuditSource(group.command('state').description('What a subject was at a moment.'))
    .argument('<subject>', 'user:<uuid>, app:<uuid>, role:<uuid>, …')
    .option('--at <moment>', 'a time or a position; now where it is left out')
    .action(
      action(async (subject: string, options: AskOptions & { at?: string }) =>
        answer(options, (answers) => answers.auditState(given({ subject, at: options.at })), stateFacts),
      ),
    );

  withAuditSource(withRange(group.command('diff').description('What changed about a subject between two moments.')))
    .argument('<subject>', 'user:<uuid>, app:<uuid>, role:<uuid>, …')
    .action(
      action(async (subject: string, options: AskOptions & Range) =>
        answer(
          options,
          (answers) => answers.auditDiff(given({ subject, from: options.from, to: options.to })),
          diffTable,
        ),
      ),
    );

  page(group.command('access').description('Who could use an app, or what a user could use, at a moment.'))
    .option('--app <app>', 'app:<uuid>, or its integer id')
    .option('--user <user>', 'user:<uuid>, or the integer id')
    .option('--at <moment>', 'a time or a position; now where it is left out')
    .action(
      action(async (options: AskOptions & Page & { app?: string; user?: string; at?: string }) => {
        const { app, user, at, after, limit } = options;
        return answer(
          options,
          (answers) => answers.auditAccess(given({ app, user, at, after, limit })),
          async (answered, answers) => {
            const { access, position } = answered;
            const subjects = access.flatMap(({ user, app, grantedBy }) => [user, app, grantedBy.actor]);
            const names = await subjectNames(answers, subjects, position ?? answered.at);
            return accessTable(answered, app === undefined ? 'user' : 'app', names);
          },
        );
      }),
    );

  page(withRange(group.command('sign-ins').description('Attempts to sign in, and what became of them.')))
    .option('--user <user>', 'user:<uuid>, or the integer id')
    .option('--app <app>', 'app:<uuid>, or its integer id')
    .addOption(new Option('--outcome <outcome>').choices(['succeeded', 'failed', 'throttled']))
    .action(
      action(
        async (
          options: AskOptions &
            Page &
            Range & { app?: string; user?: string; outcome?: 'succeeded' | 'failed' | 'throttled' },
        ) => {
          const { app, user, outcome, from, to, after, limit } = options;
          return answer(
            options,
            (answers) => answers.auditSignIns(given({ app, user, outcome, from, to, after, limit })),
            (answered) => signInsTable(answered, from),
          );
        },
      ),
    );
}

interface Range {
  readonly from?: string;
  readonly to?: string;
}

interface Page {
  readonly after?: string;
  readonly limit: number;
}

interface EventsOptions extends AskOptions, Range, Page {
  readonly subject?: string;
  readonly actor?: string;
  readonly type?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly order: 'asc' | 'desc';
}
