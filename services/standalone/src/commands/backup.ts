import { Argument, InvalidArgumentError } from 'commander';
import type { DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import { softwareVersion } from '../cli/software-version.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson, withStores } from '../cli/store-options.ts';
import { factList } from '../cli/text-table.ts';

interface BackupOptions extends StoreOptions, AnswerOptions {
  readonly keepPersonKeys: number;
}

const more = `
The folder appears whole or not at all; it is never overwritten. It holds the log (events.db), the wrapped keys of the
people in it (person-keys.jsonl) and manifest.json. Neither master.key nor data.key is in it: keep copies of both, apart
from the backups. As long as person-keys.jsonl exists nobody in it is erased for good, so delete it after the date in
the manifest; the rest may be kept for ever.

Examples:
  $ evident backup /backups/monday
  $ evident backup /backups/monday --data-dir /srv/evident --keep-person-keys 14
  $ evident backup "/backups/$(date +%F)" --json
`;

export const defineBackup: DefineCommand = (program, { terminal, progress, action }) => {
  const command = program
    .command('backup')
    .summary('copy everything, beside a running server')
    .description(
      'Copies the log and the person keys to a new folder, while servers read and write, and checks the copy.',
    )
    .addArgument(new Argument('<folder>', 'the folder to be made; its parent must exist'))
    .option('--keep-person-keys <days>', 'days until person-keys.jsonl is to be deleted', days, 30)
    .addHelpText('after', more);
  withJson(withStores(command)).action(
    action(async (folder: string, options: BackupOptions) => {
      const { takeBackup } = await import('../backup/index.ts');
      const config = configOf(options, terminal.env);
      const manifest = await takeBackup({
        config,
        to: folder,
        keepPersonKeysDays: options.keepPersonKeys,
        software: softwareVersion(),
        now: terminal.now,
        report: progress.report,
      });
      progress.clear();
      if (options.json === true) {
        terminal.stdout.write(`${JSON.stringify({ folder, manifest }, undefined, 2)}\n`);
        return 0;
      }
      const { log, personKeys, notIncluded } = manifest;
      terminal.stdout.write(
        `${factList([
          ['Backup', folder],
          ['Taken', `${manifest.begunAt}; all that was acknowledged before is in it`],
          ['Log', `${log.id}, ${count(log.events)} events in ${count(log.streams)} streams, each checked`],
          ['Person keys', `${count(personKeys.count)}; delete person-keys.jsonl after ${personKeys.deleteAfter}`],
          ...notIncluded.map(({ what, where }) => ['Not in it', `the ${what}: ${where}`] as const),
        ])}\nKeep copies of the two keys apart from the backups: without them a backup opens nothing.\nTo restore: evident restore ${folder} --into <empty folder> --keys-from <folder with the keys>\n`,
      );
      return 0;
    }),
  );
};

function days(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number of days.');
}
