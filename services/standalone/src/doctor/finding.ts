import { EventStoreFault } from '@evident/event-store';
import { asStartupProblem, StartupProblem } from '@evident/runtime';

export const restoreRemedy =
  'Stop the server, keep the file, and restore the last backup: evident restore <backup> --into <empty folder>.';

/** What to do about a fault of the log. */
export const logRemedies: Readonly<Record<EventStoreFault['code'], string>> = {
  damaged: restoreRemedy,
  unavailable: 'Check that the path is right and that this user may read and write there.',
  misuse: 'Correct DATA_DIR or EVENT_STORE_URL so that it names the log of this deployment.',
  'disk-full': 'Make room on the disk.',
  'log-changed': 'Run evident doctor again: the log was replaced meanwhile.',
  'too-large': restoreRemedy,
  closed: 'Run evident doctor again.',
};

/** Other rooms' messages begin small and end openly; here each is a sentence. */
export function sentence(text: string): string {
  return `${(text.charAt(0).toUpperCase() + text.slice(1)).replace(/\.$/, '')}.`;
}

/** `warn`: works, and wants attention. `fail`: something does not work, or will not. `skip`: could not be looked at. */
export type Status = 'ok' | 'warn' | 'fail' | 'skip';

/** What one look found. */
export interface Finding {
  readonly check: string;
  readonly status: Status;
  readonly message: string;
  /** What to do; there for everything that is not as it should be. */
  readonly remedy?: string;
}

/** Findings of one check, which names them all. */
export class Findings {
  readonly list: Finding[] = [];
  readonly #check: string;

  constructor(check: string) {
    this.#check = check;
  }

  ok(message: string): this {
    return this.#add('ok', message);
  }

  warn(message: string, remedy: string): this {
    return this.#add('warn', message, remedy);
  }

  fail(message: string, remedy: string): this {
    return this.#add('fail', message, remedy);
  }

  /** What another finding already explains. */
  skip(message: string): this {
    return this.#add('skip', message);
  }

  /** What a check tripped over: a fault of a store or the system with its remedy, or a fault of its own. */
  failAt(error: unknown): this {
    const known = asStartupProblem(error);
    if (known instanceof StartupProblem) return this.fail(known.message, known.remedy);
    if (known instanceof EventStoreFault) return this.fail(sentence(known.message), logRemedies[known.code]);
    const message = known instanceof Error ? known.message : String(known);
    return this.fail(sentence(message), 'If the other findings do not explain this, report it as a bug.');
  }

  #add(status: Status, message: string, remedy?: string): this {
    this.list.push({ check: this.#check, status, message, ...(remedy === undefined ? {} : { remedy }) });
    return this;
  }
}
