import type { DefineCommand } from '../cli/command.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson, withStores } from '../cli/store-options.ts';
import { existingLog } from '../stores/embedded-stores.ts';

const more = `
For a log that was put back by other means than evident restore: a snapshot of its disk, or a backup of EventStoreDB by
its own tools. Positions from before may name events that it no longer has; under a new id they are refused (410
log-changed) and nobody takes them for "caught up". Stop every service first: a file in use is refused, a server cannot
tell. Views are built anew, webhooks and feeds begin as they do for a migrated log.

Examples:
  $ evident log new-id --data-dir /srv/evident
  $ evident log new-id --event-store 'esdb://user:password@host:2113'
`;

export const defineLog: DefineCommand = (program, { terminal, action }) => {
  const group = program.command('log').summary('the log itself').description('The log itself.');
  const command = group
    .command('new-id')
    .description('Gives a log that was restored by other tools an id of its own.')
    .addHelpText('after', more);
  withJson(withStores(command)).action(
    action(async (options: StoreOptions & AnswerOptions) => {
      const config = configOf(options, terminal.env);
      const { adoptNewLogId } =
        config.eventStore.kind === 'embedded'
          ? await import('@evident/event-store/embedded')
          : await import('@evident/event-store/eventstoredb');
      const logId = await adoptNewLogId(existingLog(config));
      terminal.stdout.write(
        options.json === true
          ? `${JSON.stringify({ logId }, undefined, 2)}\n`
          : `The log is ${logId} now; positions from before are refused.\n`,
      );
      return 0;
    }),
  );
};
