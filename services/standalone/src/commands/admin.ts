import { type Command, Option } from 'commander';
import type { AdministratorOutcome, AdministratorsAtHand } from '../admin/administrators-at-hand.ts';
import type { CommandContext, DefineCommand } from '../cli/command.ts';
import { askForPassword, passwordFromStdin } from '../cli/read-password.ts';
import { type AnswerOptions, configOf, type StoreOptions, withJson, withStores } from '../cli/store-options.ts';
import type { Terminal } from '../cli/terminal.ts';
import { factList } from '../cli/text-table.ts';

interface PasswordOptions extends StoreOptions, AnswerOptions {
  readonly passwordStdin?: boolean;
  readonly generate?: boolean;
}

interface CreateOptions extends PasswordOptions {
  readonly username: string;
  readonly email: string;
}

const createMore = `
Without a password one is asked for on a terminal; without a terminal, or with --generate, one is made and printed once.

Examples:
  $ evident admin create --username rosa --email rosa@example.com
  $ pass show evident/rosa | evident admin create --username rosa --email rosa@example.com --password-stdin
`;

const resetMore = `
Ends every session of that user. Needs no one who can sign in: whoever may read the keys of the deployment may do it.

Examples:
  $ evident admin reset-password
  $ evident admin reset-password --username rosa@example.com --generate --json
`;

export const defineAdmin: DefineCommand = (program, context) => {
  const group = program
    .command('admin')
    .summary('make an administrator, or give someone a new password')
    .description('What the operator of the machine may do without signing in. Works beside a running server.');
  const create = group
    .command('create')
    .description('Makes an administrator.')
    .requiredOption('--username <name>', 'the name to sign in with')
    .requiredOption('--email <address>', 'the e-mail address')
    .addHelpText('after', createMore);
  withPassword(create).action(
    context.action(async (options: CreateOptions) => {
      const password = await passwordOf(options, context.terminal);
      return withAdministrators(options, context, (administrators) =>
        administrators.create({ username: options.username, email: options.email, ...password }),
      );
    }),
  );
  const reset = group
    .command('reset-password')
    .description('Gives a user a new password.')
    .option('--username <name>', 'the name or address to sign in with (else ADMIN_USERNAME, else admin)')
    .addHelpText('after', resetMore);
  withPassword(reset).action(
    context.action(async (options: PasswordOptions & { readonly username?: string }) => {
      const { password } = await passwordOf(options, context.terminal);
      return withAdministrators(options, context, (administrators, first) =>
        administrators.resetPassword(options.username ?? first, password),
      );
    }),
  );
};

function withPassword(command: Command): Command {
  return withJson(
    withStores(
      command
        .option('--password-stdin', 'read the password from the first line of standard input')
        .addOption(new Option('--generate', 'make a password and print it, without asking').conflicts('passwordStdin')),
    ),
  );
}

async function passwordOf(options: PasswordOptions, terminal: Terminal): Promise<{ readonly password?: string }> {
  if (options.passwordStdin === true) return { password: await passwordFromStdin(terminal) };
  if (options.generate === true || terminal.stdin.isTTY !== true) return {};
  const password = await askForPassword(terminal);
  return password === undefined ? {} : { password };
}

async function withAdministrators(
  options: PasswordOptions,
  { terminal }: CommandContext,
  act: (administrators: AdministratorsAtHand, first: string) => Promise<AdministratorOutcome>,
): Promise<number> {
  const { openAdministrators } = await import('../admin/administrators-at-hand.ts');
  const config = configOf(options, terminal.env);
  const administrators = await openAdministrators(config, terminal.now);
  try {
    const outcome = await act(administrators, config.administrator.username);
    terminal.stdout.write(options.json === true ? `${JSON.stringify(outcome, undefined, 2)}\n` : asText(outcome));
    return 0;
  } finally {
    await administrators.close();
  }
}

function asText({ user, password }: AdministratorOutcome): string {
  return factList([
    ['User', `${user.username} (${user.email})`],
    ['Id', `${user.id}, user:${user.uid}`],
    ['Administrator', user.is_admin ? 'yes' : 'no'],
    ['Password', password === undefined ? 'as given' : `${password}   (shown this once)`],
  ]);
}
