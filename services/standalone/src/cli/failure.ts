import { installNewest } from '@evident/event-store';
import { asStartupProblem, isErrorWithCode, StartupProblem } from '@evident/runtime';

/** What a command could not do, and what to do about it. No secrets. */
export class CliProblem extends Error {
  override readonly name = 'CliProblem';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** Faults of the stores already say what to do; these are what their codes add. */
const remedies: Readonly<Record<string, string>> = {
  damaged: 'Run evident doctor to see how far the damage goes, then restore the last backup.',
  'disk-full': 'Make room on the disk, then run the command again; nothing was lost.',
  unavailable:
    'Of a file, check the path, who owns it, and whether another process holds it; of a server, check its URL and that it runs.',
  'newer-version': installNewest,
  'wrong-key': 'Give the key that belongs to these files: DATA_KEY, or data.key in the data directory.',
  'log-changed': 'The log was replaced meanwhile; run the command again.',
};

/** The text for stderr, ending in a line break. An unknown fault keeps its stack, for it is a bug report. */
export function describeFailure(command: string, failure: unknown): string {
  const known = asStartupProblem(failure);
  if (known instanceof CliProblem || known instanceof StartupProblem)
    return `${command}: ${known.message}\n${known.remedy}\n`;
  if (!(known instanceof Error)) return `${command}: ${String(known)}\n`;
  const remedy = isErrorWithCode(known) ? remedies[known.code] : undefined;
  if (remedy !== undefined) return `${command}: ${known.message}\n${remedy}\n`;
  return `${command} failed because of a fault of its own:\n${known.stack ?? known.message}\n`;
}
