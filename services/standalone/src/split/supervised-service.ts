import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { isReadyReport, type Logger } from '@evident/runtime';

export interface SupervisedServiceOptions {
  readonly name: string;
  /** Its `main`, which names the service in the command line. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** Milliseconds before the first restart; doubled at each further one up to the longest. */
  readonly restartAfterMs?: number;
  readonly longestRestartMs?: number;
}

/** `refused`: it has said why on its standard error. */
export type FirstStart = 'serves' | 'refused' | 'died';

/** A service that ran this long was well: the next death counts as the first. */
const wellAfterMs = 10_000;

/** One service as a process of its own, started again whenever it dies. */
export class SupervisedService {
  readonly #options: SupervisedServiceOptions;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #deaths = 0;
  #stopping = false;

  constructor(options: SupervisedServiceOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Resolves when it serves for the first time, or ended before that. */
  async start(): Promise<FirstStart> {
    const child = this.#spawn();
    const started = await new Promise<FirstStart>((resolve) => {
      child.on('message', (message) => isReadyReport(message) && resolve('serves'));
      child.once('exit', (code) => resolve(code === 1 ? 'refused' : 'died'));
    });
    if (started === 'serves') child.once('exit', (code, signal) => this.#died(code, signal));
    return started;
  }

  /** Ends it with SIGTERM and waits; it drains what it has begun. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  #spawn(): ChildProcess {
    const { entry, env } = this.#options;
    const child = fork(entry, [], { env: { ...env }, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    return child;
  }

  #died(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return;
    const { name, logger, restartAfterMs = 100, longestRestartMs = 5_000 } = this.#options;
    const delay = Math.min(restartAfterMs * 2 ** this.#deaths, longestRestartMs);
    this.#deaths += 1;
    logger.warn(
      { worker: name, reason: signal ?? `exit code ${code}`, durationMs: delay },
      'A service ended; it is started again.',
    );
    this.#restart = setTimeout(() => {
      const begun = Date.now();
      const child = this.#spawn();
      child.once('exit', (nextCode, nextSignal) => {
        if (Date.now() - begun > wellAfterMs) this.#deaths = 0;
        this.#died(nextCode, nextSignal);
      });
    }, delay);
  }
}
