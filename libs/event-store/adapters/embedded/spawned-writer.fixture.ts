import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./writing-process.fixture.ts', import.meta.url));

/** One process that writes to a log, and what it has acknowledged so far. */
export class SpawnedWriter {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';
  #errors = '';
  #progress = Promise.withResolvers<void>();

  constructor(path: string, name: string, writers: number, appends: number) {
    const args = ['--conditions=@evident/source', program, path, name, String(writers), String(appends)];
    this.#process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#process, 'close').then(() => this.#moved());
    this.#process.stdout?.on('data', (text) => {
      this.#output += text;
      this.#moved();
    });
    this.#process.stderr?.on('data', (text) => {
      this.#errors += text;
    });
  }

  /** Ids of each acknowledged append; a line that was cut by a kill does not count. */
  get acknowledged(): string[][] {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(','));
  }

  /** Waits until it has acknowledged so many appends, or all that it was to make: another writer may be slow to begin. */
  async until(appends: number): Promise<void> {
    while (this.acknowledged.length < appends) {
      if (this.#process.exitCode === 0) return;
      if (this.#process.exitCode !== null)
        throw new Error(`the writer ended after ${this.acknowledged.length} appends: ${this.#errors}`);
      await this.#progress.promise;
    }
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  /** Waits for it to end by itself. */
  async end(): Promise<void> {
    await this.#exited;
    if (this.#process.exitCode !== 0)
      throw new Error(`the writer ended with ${this.#process.exitCode}: ${this.#errors}`);
  }

  #moved(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers<void>();
  }
}
