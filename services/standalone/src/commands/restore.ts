import type { Restored } from '../backup/index.ts';
import type { DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson } from '../cli/store-options.ts';
import { factList } from '../cli/text-table.ts';

interface RestoreOptions extends AnswerOptions {
  readonly into: string;
  readonly keysFrom?: string;
  readonly erasures?: string;
  readonly withoutPersonKeys?: boolean;
}

const more = `
The backup is compared with its manifest and every event is read. The restored log has a new id, so positions that
clients remember from before are refused (410 log-changed) instead of meaning other events. The views are built at the
next start. Anyone in the list of erasures (evident person erasures) stays erased.

Examples:
  $ evident restore /backups/monday --into /srv/evident-2 --keys-from /safe/keys --erasures /safe/erasures.txt
  $ DATA_KEY=… MASTER_KEY=… evident restore /backups/monday --into ./data
`;

export const defineRestore: DefineCommand = (program, { terminal, progress, action }) => {
  const command = program
    .command('restore')
    .summary('make a data directory out of a backup')
    .description('Makes a data directory out of a backup, after checking every byte and every event of it.')
    .argument('<backup>', 'the folder that evident backup made')
    .requiredOption('--into <folder>', 'the new data directory: empty, or not there yet')
    .option('--keys-from <folder>', 'where data.key and master.key are; they are copied (else DATA_KEY, MASTER_KEY)')
    .option('--erasures <file>', 'who was erased, as evident person erasures wrote it')
    .option('--without-person-keys', "restore without anyone's key: whatever is personal reads as erased")
    .addHelpText('after', more);
  withJson(command).action(
    action(async (backup: string, options: RestoreOptions) => {
      const { restoreBackup } = await import('../backup/index.ts');
      const { into, keysFrom, erasures } = options;
      const stores: StoreOptions = {};
      const restored = await restoreBackup({
        config: configOf(stores, terminal.env),
        from: backup,
        into,
        ...(keysFrom === undefined ? {} : { keysFrom }),
        ...(erasures === undefined ? {} : { erasures }),
        withoutPersonKeys: options.withoutPersonKeys === true,
        now: terminal.now,
        report: progress.report,
      });
      progress.clear();
      terminal.stdout.write(options.json === true ? asJson(restored) : asText(restored));
      return 0;
    }),
  );
};

function asJson({ manifest, into, logId, persons, keys, erasuresGiven }: Restored): string {
  const answer = {
    ...{ into, logId, tenant: manifest.tenant, events: manifest.log.events, persons, erasuresGiven },
    before: { logId: manifest.log.id, lastPosition: manifest.log.lastPosition, begunAt: manifest.begunAt },
    keys: keys.map(({ variable, fileName, from }) => ({ variable, fileName, from })),
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

function asText({ manifest, into, logId, persons, keys, erasuresGiven }: Restored): string {
  const facts = factList([
    ['Restored', into],
    ['Log', `${count(manifest.log.events)} events, each checked; its id is ${logId} now (was ${manifest.log.id})`],
    ['As of', `${manifest.begunAt}; what came later is not in it`],
    ['Person keys', `${count(persons.keys)} restored, ${count(persons.withoutKey)} people erased before the backup`],
    ['Erasures', erasuresGiven ? `${count(persons.erasuresApplied)} applied` : 'no list was given'],
  ]);
  const steps = [
    ...(erasuresGiven
      ? []
      : [
          'Whoever was erased after the backup is readable again. If there is a list of erasures, delete this folder and restore with --erasures.',
        ]),
    ...keys.flatMap(({ variable, fileName, from }) => {
      if (from === 'missing')
        return [`Put ${fileName} from where its copy is kept into ${into} (mode 600), or set ${variable}.`];
      return from === 'environment' ? [`Start with the same ${variable}; it was not written to a file.`] : [];
    }),
    `Start: evident start --data-dir ${into}   (the views are built then)`,
  ];
  return `${facts}\n${steps.map((step, index) => `${index + 1}. ${step}\n`).join('')}`;
}
