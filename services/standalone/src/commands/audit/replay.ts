import { given } from '@evident/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { withAudit } from '../../audit/audit-source.ts';
import { replayedEvents } from '../../audit/replayed-events.ts';
import type { CommandContext } from '../../cli/command.ts';
import { CliProblem } from '../../cli/failure.ts';
import { type AskOptions, withAuditSource } from './audit-options.ts';
import { replayAgainst } from './replay-against.ts';
import { written } from './written.ts';

interface ReplayOptions extends AskOptions {
  readonly from?: string;
  /** A moment, and a NATS subject, in whichever order. */
  readonly to: readonly string[];
  readonly types?: string;
  readonly subject?: string;
  readonly after?: string;
  readonly speed?: number;
  readonly against?: string;
  readonly app?: string;
}

const more = `
Prints one event a line and at the end {"end": true, "events": n, "position": p}. What was cut off goes on with
--after and the last position received. Memory stays the same however long the stretch is.

With --against, the recorded sign-ins are run against a changed policy instead: other limits of attempts, networks that are
allowed, assignments that are added or removed. Prints those whose outcome would differ, with --json one a line; unknown are
those that were never verified, or whose address nobody knows any more. docs/audit.md shows a policy file.

Examples:
  $ evident audit replay --from 2026-01-25T00:00:00Z --types 'signin.*'
  $ evident audit replay --to nats://127.0.0.1:4222/evident.replays.try --speed 10x
  $ evident audit replay --against policy.json --from 2026-01-25T00:00:00Z
`;

/** Adds `replay`: the past again, to the terminal or to a NATS subject. */
export function defineReplay(group: Command, context: CommandContext): void {
  const { terminal, progress, action } = context;
  withAuditSource(group.command('replay').description('Replays a stretch of the log, in order and of any length.'))
    .option('--from <moment>', 'from this time or position on, inclusive')
    .option('--to <moment-or-target>', 'up to this time or position; or to nats://<host>/<subject>', collect, [])
    .option('--types <types>', 'only these types: user.*,role.changed')
    .option('--subject <subject>', 'only about this subject: user:<uuid>')
    .option('--after <position>', 'go on after this position')
    .option('--speed <times>', 'how many times as fast as it happened, to NATS: 10x, or max', speed)
    .option('--against <policy-file>', 'run the recorded sign-ins against this policy, and print what would differ')
    .option('--app <app>', 'with --against: only what this app asked; app:<uuid>, or its integer id')
    .addHelpText('after', more)
    .action(
      action(async (options: ReplayOptions) => {
        const { to: ends, ...asked } = options;
        const { target, to } = readEnds(ends);
        const { from, types, subject, after, against, app } = options;
        if (against !== undefined) {
          if ([target, types, subject, after, options.speed].some((option) => option !== undefined)) {
            throw new CliProblem(
              '--against goes with --from, --to and --app only: it runs all sign-ins of a period.',
              'Leave the others away.',
            );
          }
          await replayAgainst({ ...asked, ...given({ to }), against }, context);
          return 0;
        }
        if (app !== undefined) throw new CliProblem('--app goes with --against.', 'Use --subject app:<uuid>.');
        if (target === undefined && options.speed !== undefined)
          throw new CliProblem('--speed goes with --to nats://<host>/<subject>.', 'Leave it away, or name a subject.');
        const filter = given({ from, to, types, subject, after });
        await withAudit(options, context, async (answers) => {
          const pages = replayedEvents(answers, filter);
          let [events, position] = [0, after ?? null];
          const count = (at: string) => {
            events += 1;
            position = at;
          };
          if (target === undefined) {
            for await (const page of pages) {
              for (const event of page) count(event.position);
              await written(terminal.stdout, page.map((event) => `${JSON.stringify(event)}\n`).join(''));
            }
          } else {
            const { republish } = await import('../../audit/republish.ts');
            await republish(pages, {
              target,
              speed: options.speed ?? Number.POSITIVE_INFINITY,
              onSent: (event) => {
                count(event.position);
                progress.report('Replaying', events, 0);
              },
            });
            progress.clear();
          }
          terminal.stdout.write(`${JSON.stringify({ end: true, events, position })}\n`);
        });
        return 0;
      }),
    );
}

function readEnds(ends: readonly string[]): { readonly target?: string; readonly to?: string } {
  const { targets = [], moments = [] } = Object.groupBy(ends, (end) => (isTarget(end) ? 'targets' : 'moments'));
  if (targets.length > 1 || moments.length > 1)
    throw new CliProblem('--to takes one moment and one NATS subject.', 'Give each once at most.');
  return given({ target: targets[0], to: moments[0] });
}

function isTarget(text: string): boolean {
  return /^(nats|tls):\/\//.test(text);
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const times = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1]);
  if (times > 0) return times;
  throw new InvalidArgumentError('Write 1x, 10x, 0.5x or max.');
}
