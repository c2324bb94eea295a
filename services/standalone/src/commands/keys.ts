import type { ShownSigningKey } from '@evident/contracts';
import { Argument, Option } from 'commander';
import type { DefineCommand } from '../cli/command.ts';
import {
  type AnswerOptions,
  configOf,
  type SourceOptions,
  type StoreOptions,
  withJson,
  withSource,
  withStores,
} from '../cli/store-options.ts';
import { textTable } from '../cli/text-table.ts';
import type { RewrappedKeys } from '../keys/rewrap-keys.ts';
import type { KeyUse } from '../keys/signing-keys-source.ts';

interface KeysAnswerOptions extends SourceOptions, AnswerOptions {}

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

const rewrap = `
MASTER_KEY and DATA_KEY only wrap the keys that are used, so changing one seals and hashes nothing anew: each keyring gets
one event. A key that lies in a file of the data directory is replaced there; one that comes from a variable is yours to
change. Services that run go on; start them with the new key from then on. In a split deployment whose services have a
master key each, run it for each with --service. Run it again where it was broken off. Keep the old key as long as there
are backups from before.

Examples:
  $ evident keys rewrap MASTER_KEY --to new.key   (made with: openssl rand -base64 32 > new.key)
  $ DATA_KEY=… evident keys rewrap DATA_KEY --to new.key --event-store 'esdb://user:password@host:2113'
`;

interface RewrapOptions extends StoreOptions, AnswerOptions {
  readonly to: string;
  readonly service?: string;
}

export const defineKeys: DefineCommand = (program, { terminal, action }) => {
  const group = program
    .command('keys')
    .summary('the keys that tokens are signed with')
    .description('The keys that tokens are signed with.');
  const tell = (keys: readonly ShownSigningKey[], { json }: AnswerOptions): number => {
    terminal.stdout.write(json === true ? `${JSON.stringify(keys, undefined, 2)}\n` : keysTable(keys));
    return 0;
  };

  withJson(withSource(group.command('list').description('Every signing key there was, with what becomes of it.')))
    .addHelpText('after', list)
    .action(
      action(async (options: KeysAnswerOptions) => {
        const { listKeys } = await import('../keys/signing-keys-source.ts');
        return tell(await listKeys(options, terminal), options);
      }),
    );

  withJson(withSource(group.command('rotate').description('Brings in the next signing keys.')))
    .addOption(new Option('--use <use>', 'only for these tokens').choices(['access', 'refresh']))
    .addHelpText('after', rotate)
    .action(
      action(async (options: KeysAnswerOptions & { use?: KeyUse }) => {
        const { rotateKeys } = await import('../keys/signing-keys-source.ts');
        const uses = options.use === undefined ? undefined : [options.use];
        return tell(await rotateKeys(options, terminal, uses), options);
      }),
    );

  withJson(withStores(group.command('rewrap').description('Puts the keys of the log under another configured key.')))
    .addArgument(new Argument('<key>', 'which one is changed').choices(['MASTER_KEY', 'DATA_KEY']))
    .requiredOption('--to <file>', 'holds the new key: the base64 of 32 bytes')
    .addOption(
      new Option('--service <service>', 'only the keys of this service').choices(['auth-command', 'token-issuer']),
    )
    .addHelpText('after', rewrap)
    .action(
      action(async (variable: 'MASTER_KEY' | 'DATA_KEY', options: RewrapOptions) => {
        const { rewrapKeys } = await import('../keys/rewrap-keys.ts');
        const { service, to, json } = options;
        const rewrapped = await rewrapKeys({
          ...{ config: configOf(options, terminal.env), variable, newKeyFile: to, now: terminal.now },
          ...(service === undefined ? {} : { service }),
        });
        terminal.stdout.write(
          json === true ? `${JSON.stringify(rewrapped, undefined, 2)}\n` : rewrappedText(rewrapped, variable),
        );
        return 0;
      }),
    );
};

function rewrappedText({ keyrings, keyFile }: RewrappedKeys, variable: string): string {
  const outcomes = { rewrapped: 'under the new key now', already: 'was under the new key', none: 'has no keys yet' };
  const lines = keyrings.map(({ service, outcome }) => `${service}: ${outcomes[outcome]}\n`).join('');
  const next =
    keyFile === null ? `Start every service with the new ${variable} from now on.` : `${keyFile} holds the new key.`;
  return `${lines}${next} Keep the old one as long as there are backups from before.\n`;
}

function keysTable(keys: readonly ShownSigningKey[]): string {
  if (keys.length === 0) return 'No signing key is there yet: the server makes them when it first starts.\n';
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

function nextOf({ promotes, retires, retired }: Pick<ShownSigningKey, 'promotes' | 'retires' | 'retired'>): string {
  if (promotes !== null) return `signs from ${promotes}`;
  if (retires !== null) return `goes at ${retires}`;
  return retired === null ? '' : `gone since ${retired}`;
}
