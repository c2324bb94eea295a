import type { Command } from 'commander';
import type { ProgressBar } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

/** What a command is given to work with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly progress: ProgressBar;
  /**
   * Makes a commander action of a function that resolves with the exit code, or with nothing for 0. It throws
   * `CliProblem`, `StartupProblem` or a fault of a store; the rim prints it and exits with 1.
   */
  action<Arguments extends readonly unknown[]>(
    run: (...args: Arguments) => Promise<number | undefined>,
  ): (...args: Arguments) => Promise<void>;
}

/** Adds one command, or a group of them, to the program. Heavy modules are imported in its action, not at the top. */
export type DefineCommand = (program: Command, context: CommandContext) => void;
