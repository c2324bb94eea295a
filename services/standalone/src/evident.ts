import { endWhereNothingIsBegun } from '@evident/runtime/ending-signals';
import { removeUnfinishedFolders } from './backup/unfinished-folder.ts';
import { CliProblem, describeFailure } from './cli/failure.ts';
import { processTerminal } from './cli/terminal.ts';
import { runEvident } from './run-evident.ts';

/** What a shell reports of a program that SIGPIPE ended, which Node ignores: not 0, since the command may not be done. */
const readerIsGone = 141;

process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(readerIsGone);
  const remedy = 'Make room, or have it written elsewhere, and run the command again.';
  process.stderr.write(
    describeFailure('evident', new CliProblem(`The answer could not be written (${code}).`, remedy)),
  );
  process.exit(1);
});
// What nobody reads there is no answer, and changes nothing about the command.
process.stderr.on('error', () => undefined);
const interrupted = new AbortController();
const stopListening = endWhereNothingIsBegun((signal) => interrupted.abort(signal));
process.exitCode = await runEvident(process.argv.slice(2), processTerminal(), interrupted.signal);
stopListening();
if (interrupted.signal.aborted) {
  removeUnfinishedFolders();
  // By the signal itself: an ordinary end would wait for what is being copied.
  process.kill(process.pid, interrupted.signal.reason);
}
