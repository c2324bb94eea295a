import type { Command } from 'commander';
import type { CommandContext, DefineCommand } from '../cli/command.ts';
import { count } from '../cli/count-text.ts';
import {
  type AnswerOptions,
  configOf,
  type SourceOptions,
  type StoreOptions,
  serverOf,
  withJson,
  withSource,
  withStores,
} from '../cli/store-options.ts';

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
        import('../backup/index.ts'),
        import('../stores/person-keys.ts'),
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
  defineErase(group, { terminal, action });
};

const eraseMore = `
Removes the user, deletes the key under which everything personal about them is sealed, and signs a certificate. Nobody
can undo it. Copies of the log stay verifiable and say nothing about the person any more; a backup of person-keys.jsonl
that is older still opens what is in it, so delete those in time, and write evident person erasures again now.

Examples:
  $ evident person erase user:0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f > certificate.json
  $ evident person erase user:0b6c0a4e-5b0e-4f6e-9f5e-1f0f6c1d2e3f --free-identifiers --url https://sso.example.com
`;

interface EraseOptions extends SourceOptions {
  readonly freeIdentifiers?: boolean;
}

function defineErase(group: Command, { terminal, action }: Pick<CommandContext, 'terminal' | 'action'>): void {
  withSource(group.command('erase'))
    .summary('erase a person for ever')
    .description('Erases a person for ever, and prints the signed certificate of it as JSON.')
    .argument('<subject>', 'user:<uuid>')
    .option('--free-identifiers', 'names and addresses may be taken again; else nobody ever may')
    .addHelpText('after', eraseMore)
    .action(
      action(async (subject: string, options: EraseOptions) => {
        const { erasePersonAtHand, erasePersonRemotely } = await import('../audit/erase-person.ts');
        const identifiers = options.freeIdentifiers === true ? 'freed' : 'kept';
        const server = serverOf(options, terminal.env);
        const certificate =
          server === undefined
            ? await erasePersonAtHand({
                config: configOf(options, terminal.env),
                subject,
                identifiers,
                now: terminal.now,
              })
            : await erasePersonRemotely({ url: server, env: terminal.env, subject, identifiers });
        terminal.stdout.write(`${JSON.stringify(certificate, undefined, 2)}\n`);
        return 0;
      }),
    );
}
