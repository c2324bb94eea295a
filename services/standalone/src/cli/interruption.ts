import { CliProblem } from './failure.ts';

/** Rejects when the signal is aborted, whose reason is the name of what ended the command. */
export function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        const remedy = 'Run it again; nothing half made is in its way.';
        reject(new CliProblem(`Ended by ${signal.reason} before it was done.`, remedy));
      },
      { once: true },
    );
  });
}
