import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CliProblem } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Characters, more than a password may have. */
const mostRead = 4_096;

/** The first line of standard input, for `--password-stdin`: nothing of it is ever in a command line or a history. */
export async function passwordFromStdin({ stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  const decoder = new TextDecoder();
  let read = '';
  for await (const chunk of stdin) {
    read += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    // What comes after the line may never end, nor the line itself.
    if (read.includes('\n') || read.length > mostRead) break;
  }
  const [line = ''] = read.split(/\r?\n/);
  if (line !== '') return line;
  throw new CliProblem('There is no password on standard input.', 'Pipe it in, for example from a password store.');
}

/** Asks a person twice, showing nothing; undefined where nothing was typed, so that one is generated. */
export async function askForPassword(terminal: Terminal): Promise<string | undefined> {
  const first = await ask(terminal, 'New password (empty: make one): ');
  if (first === '') return undefined;
  const second = await ask(terminal, 'The same again: ');
  if (first === second) return first;
  throw new CliProblem('The two passwords differ.', 'Run the command again.');
}

async function ask({ stdin, stderr }: Terminal, question: string): Promise<string> {
  stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: unseen, terminal: true });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lines.once('line', resolve);
  lines.once('SIGINT', () => reject(new CliProblem('Cancelled.', 'Nothing was changed.')));
  lines.once('close', () => reject(new CliProblem('Standard input ended.', 'Use --password-stdin, or a terminal.')));
  try {
    return await promise;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
