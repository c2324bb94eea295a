import type { Clock } from '@evident/runtime';

/** Where text goes: a stream of the process, or an array in a spec. */
export interface Output {
  write(text: string): unknown;
  /** True for a terminal that a person looks at. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

/** Everything that a command touches outside of its stores, so that a spec can run it inside its own process. */
export interface Terminal {
  /** Answers, and nothing else: it may be piped into a program. */
  readonly stdout: Output;
  /** Progress, prompts and errors. */
  readonly stderr: Output;
  readonly stdin: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Clock;
}

export function processTerminal(): Terminal {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    now: Date.now,
  };
}
