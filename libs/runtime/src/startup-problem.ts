import { setImmediate as nextTurn } from 'node:timers/promises';
import { endWhereNothingIsBegun } from './ending-signals.ts';
import { isErrorWithCode } from './error-with-code.ts';

/** Why a service cannot start, for the person who started it: what is wrong and what to do about it. No secrets. */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** The variable that a port was taken from. */
type PortVariable = 'PORT' | 'HEALTH_PORT';

type Explanation = (where: string, portVariable: PortVariable) => readonly [message: string, remedy: string];

const noAddress: Explanation = (where) => [
  `No address is known for ${where}.`,
  'Correct HOST, or the URL that names it, or see why the name is not found.',
];

/** System errors that a person can do something about. `where` is the port, path or host of the error. */
const explanations: Readonly<Record<string, Explanation>> = {
  EADDRINUSE: (where, portVariable) => [
    `${where} is in use by another process.`,
    `Stop that process, or set ${portVariable} to a free port, for example ${portVariable}=8100.`,
  ],
  EADDRNOTAVAIL: (where) => [
    `${where} is on no address of this machine.`,
    'Set HOST to one of its addresses, or 0.0.0.0.',
  ],
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
  EACCES: (where, portVariable) => [
    `No permission for ${where}.`,
    `Give this user access, or choose another place, for example with DATA_DIR or ${portVariable}.`,
  ],
  EPERM: (where) => [
    `No permission for ${where}.`,
    'Give this user access, or choose another place, for example with DATA_DIR.',
  ],
  ENOSPC: (where) => [`The disk that holds ${where} is full.`, 'Make room, then start again; nothing was lost.'],
  EROFS: (where) => [
    `The disk that holds ${where} is read-only.`,
    'Mount it writable, or choose another place, for example with DATA_DIR.',
  ],
  ENOENT: (where) => [`${where} does not exist.`, 'Create or restore it, or correct the path.'],
  EEXIST: (where) => [`${where} is in the way.`, 'Move it away, or choose another place, for example with DATA_DIR.'],
  ENOTDIR: (where) => [`${where} would lie in a file.`, 'Name a directory, for example with DATA_DIR.'],
  EMFILE: () => ['Too many open files.', 'Raise the limit of open files (ulimit -n) and start again.'],
};

function placeOf(error: Error): string {
  const { address, port, path, hostname } = error as Partial<Record<'address' | 'port' | 'path' | 'hostname', unknown>>;
  if (typeof port === 'number') return typeof address === 'string' ? `Port ${port} on ${address}` : `Port ${port}`;
  if (typeof path === 'string') return path;
  if (typeof hostname === 'string') return hostname;
  return typeof address === 'string' ? address : 'the data directory';
}

/**
 * The same error in words for an operator, where it brings its own `remedy` (as the problems of other rooms do, which
 * cannot import this one) or is a system error that is known here; else as it is.
 */
export function asStartupProblem(error: unknown, portVariable: PortVariable = 'PORT'): unknown {
  if (error instanceof StartupProblem || !(error instanceof Error)) return error;
  const [message, remedy] = explanationOf(error, portVariable) ?? [];
  return message === undefined || remedy === undefined ? error : new StartupProblem(message, remedy, { cause: error });
}

function explanationOf(
  error: Error,
  portVariable: PortVariable,
): readonly [message: string, remedy: string] | undefined {
  const { remedy } = error as { remedy?: unknown };
  if (typeof remedy === 'string') return [error.message, remedy];
  return isErrorWithCode(error) ? explanations[error.code]?.(placeOf(error), portVariable) : undefined;
}

/** The text for stderr: two lines for a known problem; an unknown fault keeps its stack, for it is a bug report. */
export function describeStartupFailure(service: string, failure: unknown): string {
  const known = asStartupProblem(failure);
  if (known instanceof StartupProblem) return `evident ${service} did not start: ${known.message}\n${known.remedy}\n`;
  const text = known instanceof Error ? (known.stack ?? known.message) : String(known);
  return `evident ${service} did not start because of a fault of its own:\n${text}\n`;
}

export interface ProcessEnd {
  readonly stderr: { write(text: string): unknown };
  exit(code: number): void;
}

/**
 * Runs a service's `main`. A failed start is one message on stderr and exit code 1, never a half-started process; nor
 * does a start go on that a supervisor began and did not live to see, or that is told to stop: it may wait for a server
 * for as long as that is away.
 */
export async function startOrExplain(
  service: string,
  start: () => Promise<void>,
  end: ProcessEnd = process,
): Promise<void> {
  const orphaned = () => end.exit(1);
  process.once('disconnect', orphaned);
  // Whoever was to read what is printed may be gone, or have no room: a service serves on without being heard.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stopListening = endWhereNothingIsBegun(() => end.exit(0));
  try {
    // Whoever was told to end while all this was loaded hears of it now, before anything is made.
    await nextTurn();
    await start();
  } catch (failure) {
    end.stderr.write(describeStartupFailure(service, failure));
    end.exit(1);
  } finally {
    process.off('disconnect', orphaned);
    stopListening();
  }
}
