import { runEvident } from '../src/run-evident.ts';
import { type SpokenTerminalOptions, spokenTerminal } from './spoken-terminal.fixture.ts';

/** Runs a command line in a terminal of its own, and gives what was said there. */
export async function runLine(line: readonly string[], options: SpokenTerminalOptions = {}) {
  const terminal = spokenTerminal(options);
  const code = await runEvident(line, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}
