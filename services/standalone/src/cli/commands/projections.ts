import { setTimeout as sleep } from 'node:timers/promises';
import type { ListedProjection, ParkedEventObject, RebuildJob } from '@evident/contracts';
import type { Command } from 'commander';
import { count } from '../../stores/count-text.ts';
import type { CommandContext, DefineCommand } from '../command.ts';
import { CliProblem } from '../failure.ts';
import { textTable } from '../text-table.ts';
import { ask, type ServerOptions, withServer } from './server-options.ts';

const more = `
Asks the server of --url with the token in EVIDENT_TOKEN, which has to hold read:evident/ops, and manage:evident/ops for
all but the list. Projections of one group move on, and are rebuilt and verified, together.

Examples:
  $ evident projections list
  $ evident projections rebuild users --wait
  $ evident projections verify users
  $ evident projections parked users
  $ evident projections parked users --retry 0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f
`;

const path = (name: string) => `/ops/projections/${encodeURIComponent(name)}`;
const askedEveryMs = 200;

interface ParkedOptions extends ServerOptions {
  readonly retry?: string;
  readonly discard?: string;
}

/** What operators do about projections. Docs: docs/projections.md. */
export const defineProjections: DefineCommand = (program, context) => {
  const group = program
    .command('projections')
    .summary('how far the read models have come; rebuild, verify, unpark')
    .description('How far the read models have come, and what can be done about them.')
    .addHelpText('after', more);
  defineList(group, context);
  defineRebuild(group, context);
  defineVerify(group, context);
  defineParked(group, context);
};

function defineList(group: Command, { terminal, action }: CommandContext): void {
  const command = group.command('list').description('Lists every projection with its lag and what is parked.');
  withServer(command).action(
    action(async (options: ServerOptions) => {
      const list = await ask<ListedProjection[]>(options, terminal, '/ops/projections');
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
      else
        terminal.stdout.write(
          textTable(['name', 'group', 'version', 'state', 'lag', 'parked', 'rebuild'], list.map(row)),
        );
      return 0;
    }),
  );
}

function row({
  name,
  group,
  version,
  state,
  lagEvents,
  lagAtLeast,
  lagMs,
  parked,
  rebuild,
}: ListedProjection): string[] {
  const lag = lagEvents === 0 ? 'none' : `${lagAtLeast ? 'over ' : ''}${count(lagEvents)} events, ${count(lagMs)} ms`;
  const work = rebuild === null ? '' : `${rebuild.state} ${count(rebuild.done)} of ${count(rebuild.total)}`;
  return [name, group, String(version), state, lag, String(parked), work];
}

function defineRebuild(group: Command, { terminal, progress, action }: CommandContext): void {
  const command = group
    .command('rebuild')
    .description('Builds the rows of a projection, and of its group, anew beside those that serve, and swaps them.')
    .argument('<name>')
    .option('--wait', 'until it is done');
  withServer(command).action(
    action(async (name: string, options: ServerOptions & { readonly wait?: boolean }) => {
      let job = await ask<RebuildJob>(options, terminal, `${path(name)}/rebuild`, { method: 'POST' });
      while (options.wait === true && (job.state === 'queued' || job.state === 'running')) {
        progress.report('Rebuilding', job.done, job.total);
        await sleep(askedEveryMs);
        job = await ask<RebuildJob>(options, terminal, `${path(name)}/rebuild/${job.job}`);
      }
      progress.clear();
      if (job.state === 'failed') {
        throw new CliProblem(`The rebuild failed: ${job.error}`, 'The rows that were there serve on; see the log.');
      }
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(job, undefined, 2)}\n`);
      else if (job.state === 'done') terminal.stdout.write(`Done: ${count(job.done)} events.\n`);
      else terminal.stdout.write(`${job.state}: ${job.job}. Ask "evident projections list" how far it is.\n`);
      return 0;
    }),
  );
}

interface Verified {
  readonly rows: number;
  readonly differing: number;
  readonly differences: readonly { readonly view: string; readonly key: string; readonly kind: string }[];
}

function defineVerify(group: Command, { terminal, action }: CommandContext): void {
  const command = group
    .command('verify')
    .description('Replays the log into a scratch copy and compares; exit code 1 where a row differs.')
    .argument('<name>');
  withServer(command).action(
    action(async (name: string, options: ServerOptions) => {
      const verified = await ask<Verified>(options, terminal, `${path(name)}/verify`, { method: 'POST' });
      const { rows, differing, differences } = verified;
      if (options.json === true) {
        terminal.stdout.write(`${JSON.stringify(verified, undefined, 2)}\n`);
      } else if (differing === 0) {
        terminal.stdout.write(`${count(rows)} rows, each as the log says.\n`);
      } else {
        const table = textTable(
          ['view', 'key', 'kind'],
          differences.map(({ view, key, kind }) => [view, key, kind]),
        );
        terminal.stdout.write(`${count(differing)} of ${count(rows)} rows differ; rebuild them.\n${table}`);
      }
      return differing === 0 ? 0 : 1;
    }),
  );
}

function defineParked(group: Command, { terminal, action }: CommandContext): void {
  const command = group
    .command('parked')
    .description('Lists events that could not be applied; applies one again, or passes over it for good.')
    .argument('<name>')
    .option('--retry <event>', 'apply this event, and what waits behind it, again')
    .option('--discard <event>', 'pass over this event for good, and apply what waits behind it');
  withServer(command).action(
    action(async (name: string, options: ParkedOptions) => {
      const { retry, discard, json } = options;
      if (retry === undefined && discard === undefined) {
        const parked = await ask<ParkedEventObject[]>(options, terminal, `${path(name)}/parked`);
        if (json === true) terminal.stdout.write(`${JSON.stringify(parked, undefined, 2)}\n`);
        else if (parked.length === 0) terminal.stdout.write('Nothing is parked.\n');
        else terminal.stdout.write(textTable(['event', 'type', 'stream', 'error'], parked.map(parkedRow)));
        return 0;
      }
      const way = retry === undefined ? `${discard}/discard` : `${retry}/retry`;
      const tried = await ask<{ parked: boolean; error?: string }>(options, terminal, `${path(name)}/parked/${way}`, {
        method: 'POST',
      });
      if (json === true) terminal.stdout.write(`${JSON.stringify(tried, undefined, 2)}\n`);
      else if (tried.parked) terminal.stdout.write(`It waits on: ${tried.error}\n`);
      else terminal.stdout.write('Applied; nothing of that stream waits any more.\n');
      return tried.parked ? 1 : 0;
    }),
  );
}

function parkedRow({ id, type, stream, error }: ParkedEventObject): string[] {
  return [id, type, stream, error];
}
