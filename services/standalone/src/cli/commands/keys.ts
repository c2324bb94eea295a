import { Option } from 'commander';
import type { KeysOptions, KeyUse, ShownKey } from '../../keys/signing-keys-source.ts';
import type { DefineCommand } from '../command.ts';
import { type AnswerOptions, withJson, withStores } from '../store-options.ts';
import { textTable } from '../text-table.ts';

interface KeysAnswerOptions extends KeysOptions, AnswerOptions {}

const where = `
Asks a server with --url and the token in EVIDENT_TOKEN; without --url the stores themselves, beside a server or
without one.
`;
const list = `${where}
Examples:
  $ evident keys list
  $ evident keys list --json --url https://sso.example.com
`;
const rotate = `
The next key is published at once and signs by itself once every client must know it; the one that it replaces stays
published until the last token that it signed is over. Run twice, it publishes nothing more: the waiting key is the
next one. Access tokens and refresh tokens have keys of their own.
${where}
Examples:
  $ evident keys rotate
  $ evident keys rotate --use access --url https://sso.example.com
`;

export const defineKeys: DefineCommand = (program, { terminal, action }) => {
  const group = program
    .command('keys')
    .summary('the keys that tokens are signed with')
    .description('The keys that tokens are signed with.');
  const url = () =>
    new Option('--url <url>', 'ask this server, with the token in EVIDENT_TOKEN, rather than the stores').env(
      'EVIDENT_URL',
    );
  const tell = (keys: readonly ShownKey[], { json }: AnswerOptions): number => {
    terminal.stdout.write(json === true ? `${JSON.stringify(keys, undefined, 2)}\n` : keysTable(keys));
    return 0;
  };

  withJson(withStores(group.command('list').description('Every signing key there was, with what becomes of it.')))
    .addOption(url())
    .addHelpText('after', list)
    .action(
      action(async (options: KeysAnswerOptions) => {
        const { listKeys } = await import('../../keys/signing-keys-source.ts');
        return tell(await listKeys(options, terminal), options);
      }),
    );

  withJson(withStores(group.command('rotate').description('Brings in the next signing keys.')))
    .addOption(url())
    .addOption(new Option('--use <use>', 'only for these tokens').choices(['access', 'refresh']))
    .addHelpText('after', rotate)
    .action(
      action(async (options: KeysAnswerOptions & { use?: KeyUse }) => {
        const { rotateKeys } = await import('../../keys/signing-keys-source.ts');
        const uses = options.use === undefined ? undefined : [options.use];
        return tell(await rotateKeys(options, terminal, uses), options);
      }),
    );
};

function keysTable(keys: readonly ShownKey[]): string {
  return textTable(
    ['kid', 'for', 'alg', 'state', 'created', 'next'],
    keys.map(({ kid, use, alg, state, created, promotes, retires, retired }) => [
      kid,
      use,
      alg,
      state,
      created,
      nextOf({ promotes, retires, retired }),
    ]),
  );
}

function nextOf({ promotes, retires, retired }: Pick<ShownKey, 'promotes' | 'retires' | 'retired'>): string {
  if (promotes !== null) return `signs from ${promotes}`;
  if (retires !== null) return `goes at ${retires}`;
  return retired === null ? '' : `gone since ${retired}`;
}
