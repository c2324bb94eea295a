import { Command, CommanderError } from 'commander';
import type { CommandContext } from './cli/command.ts';
import { describeFailure } from './cli/failure.ts';
import { interruption } from './cli/interruption.ts';
import { ProgressBar } from './cli/progress-bar.ts';
import { softwareVersion } from './cli/software-version.ts';
import { storeOptions } from './cli/store-options.ts';
import type { Terminal } from './cli/terminal.ts';
import { commands } from './commands/index.ts';

/** Exit code of a command line that cannot be understood; what it asks for was not tried. */
const misuse = 2;

const examples = `
Examples:
  $ evident start                                   start the server on ports 8000 and 8001
  $ evident doctor                                  find out what is wrong, and what to do about it
  $ evident backup /backups/monday                  copy everything, beside a running server
  $ evident admin reset-password --username admin   when nobody can sign in any more

Every command reads the same variables as the server (DATA_DIR, EVENT_STORE_URL, MASTER_KEY, …) and may run beside it.
"evident help <command>" shows its options and examples.
`;

/**
 * Runs one command line (without the program's own name) and resolves with the exit code: 0 only where the command did
 * what it was asked for, 1 where it could not, 2 where the line makes no sense. Never rejects. Where `interrupted` is
 * aborted, with the name of the signal, it says so at once and resolves while the command is still under way.
 */
export async function runEvident(
  argv: readonly string[],
  terminal: Terminal,
  interrupted: AbortSignal = new AbortController().signal,
): Promise<number> {
  const progress = new ProgressBar(terminal.stderr, terminal.now);
  let code = 0;
  const context: CommandContext = {
    terminal,
    progress,
    action:
      (run) =>
      async (...args) => {
        code = (await run(...args)) ?? 0;
      },
  };
  const program = createProgram(context);
  try {
    await Promise.race([program.parseAsync([...argv], { from: 'user' }), interruption(interrupted)]);
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : misuse;
    terminal.stderr.write(describeFailure(nameOf(program, argv), failure));
    return 1;
  } finally {
    progress.clear();
  }
}

function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.terminal;
  const program = new Command('evident')
    .description('Identity and single sign-on whose history is the evidence.')
    .version(softwareVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help to see what is possible)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .addHelpText('after', examples)
    .hook('preAction', (_program, command) => {
      refuseEmpty(command);
      refuseTwoSources(command);
    });
  for (const define of commands) define(program, context);
  return program;
}

/** Said with nothing in it, as by a variable of the shell that is not set: where there is a default, it is not meant. */
function refuseEmpty(command: Command): void {
  const { options, registeredArguments, processedArgs } = command;
  const isEmpty = (value: unknown) => value === '' || (Array.isArray(value) && value.length === 1 && value[0] === '');
  const option = options.find(
    (each) =>
      command.getOptionValueSource(each.attributeName()) === 'cli' &&
      isEmpty(command.getOptionValue(each.attributeName())),
  );
  const argument = registeredArguments.find((_, index) => isEmpty(processedArgs[index]));
  const refused = { code: 'evident.emptyValue' };
  if (option !== undefined) command.error(`error: option '${option.long}' is empty`, refused);
  if (argument !== undefined) command.error(`error: argument '${argument.name()}' is empty`, refused);
}

/** A server is asked or the stores are; that the environment names a server says nothing of this one command. */
function refuseTwoSources(command: Command): void {
  const given = command.options.filter((each) => command.getOptionValueSource(each.attributeName()) === 'cli');
  const url = given.find(({ long }) => long === '--url');
  const store = given.find(({ long }) => storeOptions().some((option) => option.long === long));
  if (url === undefined || store === undefined) return;
  const both = `option '${url.flags}' cannot be used with option '${store.flags}'`;
  command.error(`error: ${both}: a server is asked, or the stores are`, { code: 'evident.twoSources' });
}

/** `evident admin create`, for the beginning of an error. */
function nameOf(program: Command, argv: readonly string[]): string {
  const names = ['evident'];
  let at = program;
  for (const word of argv) {
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    names.push(word);
    at = next;
  }
  return names.join(' ');
}
