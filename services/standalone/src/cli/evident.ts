import { runEvident } from './run-evident.ts';
import { processTerminal } from './terminal.ts';

/** What a shell reports of a program that SIGPIPE ended, which Node ignores: not 0, since the command may not be done. */
const readerIsGone = 141;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(readerIsGone);
});
process.exitCode = await runEvident(process.argv.slice(2), processTerminal());
