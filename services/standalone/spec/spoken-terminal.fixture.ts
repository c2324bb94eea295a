import { Readable } from 'node:stream';
import type { Terminal } from '../src/cli/terminal.ts';

/** A terminal that keeps what was said. */
export interface SpokenTerminal extends Terminal {
  out(): string;
  err(): string;
}

export interface SpokenTerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** True: standard error is a terminal that a person looks at. */
  readonly watched?: boolean;
  readonly now?: () => number;
}

export function spokenTerminal(options: SpokenTerminalOptions = {}): SpokenTerminal {
  const said = { out: '', err: '' };
  return {
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text), isTTY: options.watched ?? false, columns: 100 },
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    // No port is taken and the directory of whoever runs the spec is not meant.
    env: { PORT: '0', ...options.env },
    now: options.now ?? Date.now,
    out: () => said.out,
    err: () => said.err,
  };
}
