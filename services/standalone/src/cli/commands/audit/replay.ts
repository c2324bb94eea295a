import { type Command, InvalidArgumentError } from 'commander';
import { withAudit } from '../../../audit/audit-source.ts';
import { replayedEvents } from '../../../audit/replayed-events.ts';
import type { CommandContext } from '../../command.ts';
import { type AskOptions, given, withAuditSource } from './audit-options.ts';

interface ReplayOptions extends AskOptions {
  readonly from?: string;
  /** A moment, and a NATS subject, in whichever order. */
  readonly to: readonly string[];
  readonly types?: string;
  readonly subject?: string;
  readonly after?: string;
  readonly speed: number;
}

const more = `
Prints one event a line and at the end {"end": true, "events": n, "position": p}. What was cut off goes on with
--after and the last position received. Memory stays the same however long the stretch is.

Examples:
  $ evident audit replay --from 2026-01-25T00:00:00Z --types 'signin.*'
  $ evident audit replay --to nats://127.0.0.1:4222/evident.replays.try --speed 10x
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
    .option(
      '--speed <times>',
      'how many times as fast as it happened, to NATS: 10x, or max',
      speed,
      Number.POSITIVE_INFINITY,
    )
    .addHelpText('after', more)
    .action(
      action(async (options: ReplayOptions) => {
        const target = options.to.find(isTarget);
        const { from, types, subject, after } = options;
        const filter = given({ from, to: options.to.find((to) => !isTarget(to)), types, subject, after });
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
            const { republish } = await import('../../../audit/republish.ts');
            await republish(pages, {
              target,
              speed: options.speed,
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

/** A pipe that is read slowly holds the replay back. */
async function written(output: { write(text: string): unknown }, text: string): Promise<void> {
  if (output.write(text) !== false || !('once' in output)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  (output as NodeJS.WriteStream).once('drain', resolve);
  await promise;
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
