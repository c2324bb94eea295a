import type { Command } from 'commander';
import type { DefineCommand } from '../cli/command.ts';

/** In place of the one that comes with commander, which looks at the first word alone. */
export const defineHelp: DefineCommand = (program) => {
  program
    .command('help')
    .summary('explain a command')
    .description('Explains a command, or all of them.')
    .argument('[command...]')
    .action((names: readonly string[]) => names.reduce(commandIn, program).help());
};

function commandIn(group: Command, name: string): Command {
  const found = group.commands.find((command) => command.name() === name);
  return found ?? group.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' });
}
