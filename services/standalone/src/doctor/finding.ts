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

  #add(status: Status, message: string, remedy?: string): this {
    this.list.push({ check: this.#check, status, message, ...(remedy === undefined ? {} : { remedy }) });
    return this;
  }
}
