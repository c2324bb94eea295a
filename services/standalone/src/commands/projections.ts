import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ListedProjection,
  listedProjection,
  rebuildJob,
  type ShownParkedEvent,
  shownParkedEvent,
  triedParkedEvent,
  verifyProjection,
} from '@evident/contracts';
import type { ProjectionAtHand, ProjectionsAtHand, VerifiedRows } from '@evident/identity-projection';
import { type Command, Option } from 'commander';
import type { CommandContext, DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import { CliProblem } from '../cli/failure.ts';
import { type StoreOptions, storeOptions, withStores } from '../cli/store-options.ts';
import { textTable } from '../cli/text-table.ts';
import { isOfStores, withProjections } from '../stores/projections-at-hand.ts';
import { ask, type ServerOptions, withServer } from './server-options.ts';

const more = `
Asks the server of --url with the token in EVIDENT_TOKEN, which has to hold read:evident/ops, and manage:evident/ops for
all but the list. Projections of one group move on, and are rebuilt and verified, together.

Where a store option is given, list, verify and parked look at the stores themselves, for when no server runs. A rebuild,
--retry and --discard are carried out by the server that fills the rows: start it. Rows that are deleted while none
runs are built anew at its start.

Examples:
  $ evident projections list
  $ evident projections list --data-dir ./data
  $ evident projections rebuild users --wait
  $ evident projections verify users
  $ evident projections parked users
  $ evident projections parked users --retry 0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f
`;

const path = (name: string) => `/ops/projections/${encodeURIComponent(name)}`;
const askedEveryMs = 200;

/** Said where nobody may be asked. */
const otherwise = ', or name the stores, for example with --data-dir, to look at them without a server';

interface LookOptions extends ServerOptions, StoreOptions {}

interface ParkedOptions extends LookOptions {
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

function defineList(group: Command, { terminal, progress, action }: CommandContext): void {
  const command = group.command('list').description('Lists every projection with its lag and what is parked.');
  withStores(withServer(command)).action(
    action(async (options: LookOptions) => {
      const list = isOfStores(options)
        ? await withProjections(options, { terminal, progress }, async (at) => (await at.list()).map(atHand))
        : await ask(options, terminal, '/ops/projections', { shape: listedProjection.array(), otherwise });
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
      else
        terminal.stdout.write(
          textTable(['name', 'group', 'version', 'state', 'lag', 'parked', 'rebuild'], list.map(row)),
        );
      return 0;
    }),
  );
}

type Shown = Omit<ListedProjection, 'state' | 'position'> & {
  readonly state: string;
  readonly position: string | null;
};

/** Whether somebody is at work on the rows is not in the stores; how far they are is. */
function atHand(found: ProjectionAtHand): Shown {
  const state = found.position === null ? 'not filled' : found.lagEvents === 0 ? 'up to date' : 'behind';
  return { ...found, state, rebuild: null };
}

function row({ name, group, version, state, lagEvents, lagAtLeast, lagMs, parked, rebuild }: Shown): string[] {
  const lag = lagEvents === 0 ? 'none' : `${lagAtLeast ? 'over ' : ''}${count(lagEvents)} events, ${count(lagMs)} ms`;
  const work = rebuild === null ? '' : `${rebuild.state} ${count(rebuild.done)} of ${count(rebuild.total)}`;
  return [name, group, String(version), state, lag, String(parked), work];
}

/** What only a server can do is asked for with the stores named: why not, and what to do. */
function refuseStores(options: StoreOptions, what: string): void {
  if (!isOfStores(options)) return;
  throw new CliProblem(
    `${what} by the server that fills the rows.`,
    'Start the server, then run the command with --url and without the store options.',
  );
}

function defineRebuild(group: Command, { terminal, progress, action }: CommandContext): void {
  const command = group
    .command('rebuild')
    .description('Builds the rows of a projection, and of its group, anew beside those that serve, and swaps them.')
    .argument('<name>')
    .option('--wait', 'until it is done');
  for (const option of storeOptions()) command.addOption(option.hideHelp());
  withServer(command).action(
    action(async (name: string, options: LookOptions & { readonly wait?: boolean }) => {
      refuseStores(options, 'Rows are built anew');
      let job = await ask(options, terminal, `${path(name)}/rebuild`, { shape: rebuildJob, method: 'POST' });
      while (options.wait === true && (job.state === 'queued' || job.state === 'running')) {
        progress.report('Rebuilding', job.done, job.total);
        await sleep(askedEveryMs);
        job = await ask(options, terminal, `${path(name)}/rebuild/${job.job}`, { shape: rebuildJob });
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

type Verified = Pick<VerifiedRows, 'rows' | 'differing' | 'differences'>;

function defineVerify(group: Command, { terminal, progress, action }: CommandContext): void {
  const command = group
    .command('verify')
    .description('Replays the log into a scratch copy and compares; exit code 1 where a row differs.')
    .argument('<name>');
  withStores(withServer(command)).action(
    action(async (name: string, options: LookOptions) => {
      const verified = isOfStores(options)
        ? await withProjections(options, { terminal, progress }, (at) => verifyAtHand(at, name, progress))
        : await ask(options, terminal, `${path(name)}/verify`, {
            shape: verifyProjection.value,
            method: 'POST',
            otherwise,
          });
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

async function verifyAtHand(
  projections: ProjectionsAtHand,
  name: string,
  progress: CommandContext['progress'],
): Promise<Verified> {
  const verified = await projections.verify(name, (done, total) => progress.report('Replaying', done, total));
  if (verified === undefined) throw unknownRows(name);
  if (verified.stoodStill) return verified;
  throw new CliProblem(
    'The rows moved on while they were compared: a server is at work on them.',
    `Let it verify them itself: evident projections verify ${name} --url <its address>.`,
  );
}

function unknownRows(name: string): CliProblem {
  return new CliProblem(
    `There are no rows of a projection ${name}.`,
    'See evident projections list for the names, and for those that a start has yet to fill.',
  );
}

function defineParked(group: Command, { terminal, progress, action }: CommandContext): void {
  const command = group
    .command('parked')
    .description('Lists events that could not be applied; applies one again, or passes over it for good.')
    .argument('<name>')
    .option('--retry <event>', 'apply this event, and what waits behind it, again')
    .addOption(
      new Option('--discard <event>', 'pass over this event for good, and apply what waits behind it').conflicts(
        'retry',
      ),
    );
  withStores(withServer(command)).action(
    action(async (name: string, options: ParkedOptions) => {
      const { retry, discard, json } = options;
      if (retry === undefined && discard === undefined) {
        const parked = isOfStores(options)
          ? await withProjections(options, { terminal, progress }, (at) => parkedAtHand(at, name))
          : await ask(options, terminal, `${path(name)}/parked`, { shape: shownParkedEvent.array(), otherwise });
        if (json === true) terminal.stdout.write(`${JSON.stringify(parked, undefined, 2)}\n`);
        else if (parked.length === 0) terminal.stdout.write('Nothing is parked.\n');
        else terminal.stdout.write(textTable(['event', 'type', 'subject', 'error'], parked.map(parkedRow)));
        return 0;
      }
      refuseStores(options, 'What is parked is applied again, or passed over,');
      const [id = '', way] = retry === undefined ? [discard, 'discard'] : [retry, 'retry'];
      const place = `${path(name)}/parked/${encodeURIComponent(id)}/${way}`;
      const tried = await ask(options, terminal, place, { shape: triedParkedEvent, method: 'POST' });
      if (json === true) terminal.stdout.write(`${JSON.stringify(tried, undefined, 2)}\n`);
      else if (tried.parked) terminal.stdout.write(`It waits on: ${tried.error}\n`);
      else terminal.stdout.write('Applied; nothing of that stream waits any more.\n');
      return tried.parked ? 1 : 0;
    }),
  );
}

async function parkedAtHand(projections: ProjectionsAtHand, name: string): Promise<readonly ShownParkedEvent[]> {
  const parked = await projections.parked(name);
  if (parked === undefined) throw unknownRows(name);
  return parked;
}

function parkedRow({ id, type, subject, error }: ShownParkedEvent): string[] {
  return [id, type, subject, error];
}
