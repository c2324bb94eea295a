import { count } from '../../stores/count-text.ts';
import type { DefineCommand } from '../command.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson, withStores } from '../store-options.ts';

const more = `
The list names people by ids that say nothing about them. Write it often, and keep it outside the backups: it has to be
newer than the backup that it is applied to with evident restore --erasures.

Examples:
  $ evident person erasures /safe/erasures.txt
`;

export const definePerson: DefineCommand = (program, { terminal, action }) => {
  const group = program
    .command('person')
    .summary('people, and who was erased')
    .description('People, and who was erased.');
  const command = group
    .command('erasures')
    .summary('write the list of everyone who was erased')
    .description('Writes the list of everyone who was erased, which a restore applies.')
    .argument('<file>', 'replaced at once where it is there')
    .addHelpText('after', more);
  withJson(withStores(command)).action(
    action(async (file: string, options: StoreOptions & AnswerOptions) => {
      const [{ writeErasures }, { openPersonKeysOf }] = await Promise.all([
        import('../../backup/index.ts'),
        import('../../stores/person-keys.ts'),
      ]);
      const config = configOf(options, terminal.env);
      const personKeys = await openPersonKeysOf(config, terminal.now);
      const facts = { tenant: config.tenant, now: terminal.now() };
      const erased = await writeErasures(file, personKeys, facts).finally(() => personKeys.close());
      terminal.stdout.write(
        options.json === true
          ? `${JSON.stringify({ file, erased }, undefined, 2)}\n`
          : `${count(erased)} erased people written to ${file}.\n`,
      );
      return 0;
    }),
  );
};
