import { endingSignals } from './ending-signals.ts';
import type { Logger } from './logger.ts';

/**
 * `intake`: stop taking new work. `in-flight`: wait for the work that was taken. `close`: give back what the work
 * needed. The steps of the first two run at once; those of `close` one after the other, the last registered first, so
 * that a store outlives whatever was built on it.
 */
export type ShutdownPhase = 'intake' | 'in-flight' | 'close';

export interface ShutdownOptions {
  readonly logger: Logger;
  /** From the signal to a forced end. Default 25 000, under the 30 s that orchestrators commonly grant. */
  readonly boundMs?: number;
  /** For tests. */
  readonly exit?: (code: number) => void;
}

interface Step {
  readonly name: string;
  run(): Promise<void> | void;
}

/** The ordered end of a process. Exit code 0 when every step was done, 1 when one failed or the bound passed. */
export class Shutdown {
  readonly #steps: Readonly<Record<ShutdownPhase, Step[]>> = { intake: [], 'in-flight': [], close: [] };
  readonly #logger: Logger;
  readonly #boundMs: number;
  readonly #exit: (code: number) => void;
  #ending: Promise<number> | undefined;
  #failed = false;

  constructor(options: ShutdownOptions) {
    this.#logger = options.logger;
    this.#boundMs = options.boundMs ?? 25_000;
    this.#exit = options.exit ?? ((code) => process.exit(code));
  }

  on(phase: ShutdownPhase, name: string, run: () => Promise<void> | void): void {
    this.#steps[phase].push({ name, run });
  }

  /**
   * Begins the end on `endingSignals`, and where the process that started this one and was to be told of its state
   * is gone: nobody would ever stop it. A second signal changes nothing: a drain that was begun is finished.
   */
  listen(): () => void {
    const receive = (signal: NodeJS.Signals) => {
      if (this.#ending !== undefined) {
        this.#logger.info({ signal }, 'Already stopping; requests in flight are finished first.');
        return;
      }
      void this.end(signal);
    };
    const orphaned = () => void this.end('the process that started this one is gone');
    for (const signal of endingSignals) process.on(signal, receive);
    process.on('disconnect', orphaned);
    return () => {
      for (const signal of endingSignals) process.off(signal, receive);
      process.off('disconnect', orphaned);
    };
  }

  /**
   * The last part of a start, once signals are listened to. Where the end begins meanwhile, a failure is of what was
   * closed under the start: it is no fault, and the end goes on. Any other failure is thrown.
   */
  async finishStart(start: () => Promise<void> | void): Promise<void> {
    try {
      await start();
    } catch (fault) {
      if (this.#ending === undefined) throw fault;
      await this.#ending;
    }
  }

  /** Ends the process. Called again, it answers with the same end. */
  end(reason: string): Promise<number> {
    this.#ending ??= this.#run(reason);
    return this.#ending;
  }

  async #run(reason: string): Promise<number> {
    this.#logger.info({ reason }, 'Stopping.');
    const code = await this.#withinBound(this.#runPhases());
    this.#logger.info({ exitCode: code }, 'Stopped.');
    await this.#logger.flush();
    this.#exit(code);
    return code;
  }

  async #runPhases(): Promise<number> {
    for (const phase of ['intake', 'in-flight'] as const) {
      await Promise.all(this.#steps[phase].map((step) => this.#runStep(step)));
    }
    for (const step of this.#steps.close.toReversed()) await this.#runStep(step);
    return this.#failed ? 1 : 0;
  }

  /** A step that fails does not keep the later ones from closing what they hold. */
  async #runStep(step: Step): Promise<void> {
    try {
      await step.run();
    } catch (error) {
      this.#failed = true;
      this.#logger.error({ step: step.name, error }, 'A step of the shutdown failed.');
    }
  }

  async #withinBound(phases: Promise<number>): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<number>((resolve) => {
      timer = setTimeout(() => {
        this.#logger.error({ limit: this.#boundMs }, 'The shutdown took too long; what is left is cut off.');
        resolve(1);
      }, this.#boundMs);
    });
    return Promise.race([phases, bound]).finally(() => clearTimeout(timer));
  }
}
