import { createWebhook, listWebhooks, type ShownWebhook, shownWebhook, webhookObject } from '@evident/contracts';
import type { Command } from 'commander';
import { noAnswer } from '../audit/remote-audit.ts';
import type { CommandContext, DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import { CliProblem } from '../cli/failure.ts';
import type { Terminal } from '../cli/terminal.ts';
import { factList, textTable } from '../cli/text-table.ts';
import { ask, type ServerOptions, withServer } from './server-options.ts';

const more = `
Asks the server of --url with the token in EVIDENT_TOKEN, which has to hold manage:evident/ops, and read:evident/events
for what sends events somewhere. A place is "new", "start" or a position. Webhooks are decided and sent by a server:
while none runs nothing is sent, and nothing is lost.

Examples:
  $ evident webhooks create https://hooks.example.com/evident --types 'user.*,role.*'
  $ evident webhooks list
  $ evident webhooks replay 0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f --from start
`;

const page = listWebhooks.value.extend({ webhooks: shownWebhook.array() });
const root = '/ops/webhooks';
const pathOf = (id: string) => `${root}/${encodeURIComponent(id)}`;
const typesOf = (text: string) => text.split(',').map((part) => part.trim());

/** Events sent to URLs. Docs: docs/feed.md. */
export const defineWebhooks: DefineCommand = (program, context) => {
  const group = program
    .command('webhooks')
    .summary('events sent to URLs: create, list, change, pause, resume, replay, remove')
    .description('Events sent to URLs, each signed, in order, and tried again until it is taken.')
    .addHelpText('after', more);
  defineCreate(group, context);
  defineList(group, context);
  defineChange(group, context);
  defineReplay(group, context);
  for (const verb of ['pause', 'resume'] as const) defineAction(group, context, verb);
  defineRemove(group, context);
};

function defineCreate(group: Command, { terminal, action }: CommandContext): void {
  const command = group
    .command('create')
    .description('Has events sent to a URL. Prints the secret that signs them, this once.')
    .argument('<url>')
    .option('--types <patterns>', 'which events, for example user.*,role.defined', typesOf)
    .option('--from <place>', 'where to begin', 'new');
  withServer(command).action(
    action(async (url: string, options: ServerOptions & { readonly types?: string[]; readonly from: string }) => {
      const { types, from } = options;
      const body = { url, from, ...(types === undefined ? {} : { types }) };
      const made = await ask(options, terminal, root, { shape: createWebhook.value, method: 'POST', body });
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`);
      else
        terminal.stdout.write(
          factList([
            ['Webhook', made.id],
            ['Secret', made.secret],
            ['Events', made.types.join(', ')],
          ]),
        );
      return 0;
    }),
  );
}

function defineList(group: Command, { terminal, action }: CommandContext): void {
  withServer(
    group.command('list').description('Lists webhooks, with how far each has come and its last error.'),
  ).action(
    action(async (options: ServerOptions) => {
      const list = await allWebhooks(options, terminal);
      if (options.json === true) terminal.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
      else terminal.stdout.write(webhooksTable(list));
      return 0;
    }),
  );
}

function webhooksTable(list: readonly ShownWebhook[]): string {
  if (list.length === 0) return 'No webhook is there yet: evident webhooks create <url> makes one.\n';
  return textTable(['id', 'url', 'events', 'state', 'delivered', 'last error'], list.map(row));
}

/** Page by page, the oldest first. */
async function allWebhooks(options: ServerOptions, terminal: Terminal): Promise<readonly ShownWebhook[]> {
  const all: ShownWebhook[] = [];
  for (let place = `${root}?limit=1000`; ; ) {
    const { webhooks, next } = await ask(options, terminal, place, { shape: page });
    all.push(...webhooks);
    if (next === null) return all.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    place = `${root}?limit=1000&after=${encodeURIComponent(next)}`;
  }
}

function row({ id, url, types, paused, delivered, failures, lastError }: ShownWebhook): string[] {
  const state = paused ? 'paused' : failures > 0 ? `failing, ${count(failures)} attempts` : 'delivering';
  const error = lastError === null ? '' : `${lastError.at} ${lastError.message}`;
  return [id, url, types.join(' '), state, count(delivered), error];
}

function defineChange(group: Command, { terminal, action }: CommandContext): void {
  const command = group
    .command('change')
    .description('Sends elsewhere, or other events.')
    .argument('<id>')
    .option('--to <url>', 'the new URL')
    .option('--types <patterns>', 'the events from now on', typesOf);
  withServer(command).action(
    action(async (id: string, options: ServerOptions & { readonly to?: string; readonly types?: string[] }) => {
      const { to, types } = options;
      if (to === undefined && types === undefined)
        throw new CliProblem('Nothing is to be changed.', 'Give --to, --types or both.');
      const body = { ...(to === undefined ? {} : { url: to }), ...(types === undefined ? {} : { types }) };
      const request = { shape: webhookObject, method: 'PATCH', body };
      const changed = await ask(options, terminal, pathOf(id), request);
      terminal.stdout.write(options.json === true ? `${JSON.stringify(changed)}\n` : 'Changed.\n');
      return 0;
    }),
  );
}

function defineReplay(group: Command, { terminal, action }: CommandContext): void {
  const command = group
    .command('replay')
    .description('Sends again from a place on.')
    .argument('<id>')
    .requiredOption('--from <place>', 'start, new, or a position after which');
  withServer(command).action(
    action(async (id: string, options: ServerOptions & { readonly from: string }) => {
      const request = { shape: webhookObject, method: 'POST', body: { from: options.from } };
      const changed = await ask(options, terminal, `${pathOf(id)}/replay`, request);
      terminal.stdout.write(options.json === true ? `${JSON.stringify(changed)}\n` : 'It is sent again from there.\n');
      return 0;
    }),
  );
}

function defineAction(group: Command, { terminal, action }: CommandContext, verb: 'pause' | 'resume'): void {
  const about = { pause: 'Sends nothing until it is resumed; nothing is lost.', resume: 'Sends on from there.' }[verb];
  withServer(group.command(verb).description(about).argument('<id>')).action(
    action(async (id: string, options: ServerOptions) => {
      const changed = await ask(options, terminal, `${pathOf(id)}/${verb}`, { shape: webhookObject, method: 'POST' });
      terminal.stdout.write(
        options.json === true ? `${JSON.stringify(changed)}\n` : verb === 'pause' ? 'paused.\n' : 'resumed.\n',
      );
      return 0;
    }),
  );
}

function defineRemove(group: Command, { terminal, action }: CommandContext): void {
  withServer(group.command('remove').description('Sends nothing more.').argument('<id>')).action(
    action(async (id: string, options: ServerOptions) => {
      await ask(options, terminal, pathOf(id), { shape: noAnswer, method: 'DELETE' });
      terminal.stdout.write(options.json === true ? '{}\n' : 'Removed.\n');
      return 0;
    }),
  );
}
